package dev.warren.mcp;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final JavaClasses MCP =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.warren.mcp");

  /** Facades that build what is below them; nothing below sees them. */
  private static final DescribedPredicate<JavaClass> ENTRY_POINTS =
      DescribedPredicate.describe(
          "entry points",
          type ->
              List.of("http.McpEndpoint", "http.McpHttpServer", "proxy.McpProxy", "SandboxTools")
                  .stream()
                  .map(name -> "dev.warren.mcp." + name)
                  .anyMatch(
                      name ->
                          type.getName().equals(name) || type.getName().startsWith(name + "$")));

  private static final DescribedPredicate<JavaClass> ENTRIES_FOR_OTHERS =
      resideInAnyPackage(
          "dev.warren.mcp.http..",
          "dev.warren.mcp.proxy..",
          "dev.warren.mcp.internal.errors..",
          "dev.warren.mcp.internal.http..",
          "dev.warren.mcp.internal.proxy..",
          "dev.warren.mcp.internal.tools..");

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
            "dev.warren.mcp.http..",
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
        .resideInAnyPackage(
            "dev.warren.mcp.internal.http..", "dev.warren.mcp.http..", "dev.warren.mcp.proxy..")
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

  /** HTTP, JSON-RPC text, and a sandbox's tools: what others use MCP servers by. */
  @Test
  void theEntriesForOthers_haveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                if (ENTRY_POINTS.test(type)) {
                  return SliceIdentifier.of("entry points");
                }
                return ENTRIES_FOR_OTHERS.test(type)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "entry points, and packages below them";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(MCP);
  }

  @Test
  void theHttpHalf_dependsInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("entry points")
        .definedBy(ENTRY_POINTS)
        .layer("pipeline")
        .definedBy("dev.warren.mcp.internal.http")
        .layer("legacy")
        .definedBy("dev.warren.mcp.internal.http.legacy..")
        .layer("modern")
        .definedBy("dev.warren.mcp.internal.http.modern..")
        .layer("stream")
        .definedBy("dev.warren.mcp.internal.http.stream..")
        .layer("exchange")
        .definedBy("dev.warren.mcp.internal.http.exchange..")
        .layer("budget")
        .definedBy("dev.warren.mcp.internal.http.budget..")
        .layer("rest of the module")
        .definedBy(
            DescribedPredicate.describe(
                "in no other layer",
                (JavaClass type) ->
                    !ENTRY_POINTS.test(type)
                        && !type.getPackageName().startsWith("dev.warren.mcp.internal.http")))
        .whereLayer("entry points")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("pipeline")
        .mayOnlyBeAccessedByLayers("entry points")
        .whereLayer("legacy")
        .mayOnlyBeAccessedByLayers("pipeline")
        .whereLayer("modern")
        .mayOnlyBeAccessedByLayers("pipeline")
        .whereLayer("stream")
        .mayOnlyBeAccessedByLayers("legacy", "modern")
        .whereLayer("exchange")
        .mayOnlyBeAccessedByLayers("stream", "legacy", "modern", "pipeline", "entry points")
        .whereLayer("budget")
        .mayOnlyBeAccessedByLayers("stream", "legacy", "modern", "pipeline", "entry points")
        .check(MCP);
  }

  @Test
  void theHttpHalf_talksToProcessesItself_notThroughSessions() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.warren.mcp.http..", "dev.warren.mcp.internal.http..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "dev.warren.mcp.internal.session..",
                    "dev.warren.mcp.internal.proxy..",
                    "dev.warren.mcp.internal.tools..",
                    "dev.warren.mcp.proxy..")
                .or(JavaClass.Predicates.assignableTo("dev.warren.mcp.McpSession")))
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
        .resideOutsideOfPackages("dev.warren.mcp.internal..", "dev.warren.mcp.sdk")
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
        .resideOutsideOfPackages("dev.warren.mcp.internal..", "dev.warren.mcp.sdk")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .haveRawParameterTypes(
            DescribedPredicate.describe(
                "of a library or internal", types -> types.stream().anyMatch(hidden)))
        .check(MCP);
  }

  /** Its purpose is that adapter; so it alone knows the SDK, which is not there for everybody. */
  @Test
  void onlyTheAdapter_seesTheSdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.warren.mcp.sdk")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.modelcontextprotocol..", "reactor..", "dev.warren.mcp.sdk")
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
