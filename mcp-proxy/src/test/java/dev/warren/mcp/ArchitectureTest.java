package dev.warren.mcp;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final JavaClasses MCP =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.warren.mcp");

  @Test
  void internalPackagesOfTheCore_areNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.internal..", "dev.warren.process..", "dev.warren.bridge..")
        .check(MCP);
  }

  @Test
  void theConnection_knowsNothingAboveIt() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.mcp.internal.rpc")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.warren.mcp.internal.session..",
            "dev.warren.mcp.internal.http..",
            "dev.warren.mcp.proxy..",
            "dev.warren.spi..")
        .check(MCP);
  }

  @Test
  void ofThePublicTypes_theConnectionUsesOnlyChannelsJsonAndErrors() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.mcp.internal.rpc")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are other public types of dev.warren.mcp",
                (JavaClass type) ->
                    type.getPackageName().equals("dev.warren.mcp")
                        && List.of(
                                "StdioTransport",
                                "StdioChannel",
                                "ServerExit",
                                "Json",
                                "McpErrorException")
                            .stream()
                            .noneMatch(
                                name ->
                                    type.getName().equals("dev.warren.mcp." + name)
                                        || type.getName()
                                            .startsWith("dev.warren.mcp." + name + "$"))))
        .check(MCP);
  }

  @Test
  void theSession_doesNotKnowTheProxies() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.mcp.internal.session..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.mcp.internal.http..", "dev.warren.mcp.proxy..")
        .allowEmptyShould(true)
        .check(MCP);
  }

  @Test
  void internalPackages_haveNoCycles() {
    slices()
        .matching("dev.warren.mcp.internal.(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(MCP);
  }

  @Test
  void publicSignatures_nameNoLibrary_andNothingInternal() {
    DescribedPredicate<JavaClass> hidden =
        resideInAnyPackage("com..", "io..", "dev.warren.mcp.internal..");
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("dev.warren.mcp.internal..")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .notHaveRawReturnType(hidden)
        .check(MCP);
    noMethods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("dev.warren.mcp.internal..")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .haveRawParameterTypes(
            DescribedPredicate.describe(
                "of a library or internal", types -> types.stream().anyMatch(hidden)))
        .check(MCP);
  }

  @Test
  void publicMethodsOfTheConnection_nameNoLibrary() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("dev.warren.mcp.internal..")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .notHaveRawReturnType(resideInAnyPackage("com..", "io.."))
        .check(MCP);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields().that().areStatic().should().beFinal().check(MCP);
  }

  @Test
  void names_sayWhatAThingIs() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Impl|Common)$")
        .andShould()
        .haveNameNotMatching(".*\\.Default[A-Z].*")
        .check(MCP);
  }
}
