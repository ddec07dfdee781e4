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
      named(
          "entry points",
          "http.McpEndpoint",
          "http.McpHttpServer",
          "proxy.McpProxy",
          "SandboxTools");

  /** The facade of sessions, and what it alone uses; the text proxy stands on it. */
  private static final DescribedPredicate<JavaClass> SESSIONS =
      named(
          "sessions",
          "McpSession",
          "McpSessionBuilder",
          "ClientAbilities",
          "ListPages",
          "ToolTask",
          "TypedCalls");

  private static final DescribedPredicate<JavaClass> VALUES =
      DescribedPredicate.describe(
          "values",
          type ->
              type.getPackageName().equals("dev.warren.mcp")
                  && !ENTRY_POINTS.test(type)
                  && !SESSIONS.test(type));

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
  void ofThePublicTypes_theConnectionUsesOnlyJsonAndErrors() {
    noClasses()
        .that()
        .resideInAPackage("dev.warren.mcp.internal.rpc")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are other public types of dev.warren.mcp",
                (JavaClass type) ->
                    type.getPackageName().equals("dev.warren.mcp")
                        && List.of("Json", "McpErrorException").stream()
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
  void packages_haveNoCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                if (ENTRY_POINTS.test(type)) {
                  return SliceIdentifier.of("entry points");
                }
                return SESSIONS.test(type)
                    ? SliceIdentifier.of("sessions")
                    : SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "entry points, sessions, and packages";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(MCP);
  }

  @Test
  void sessions_dependInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("values")
        .definedBy(VALUES)
        .layer("channel")
        .definedBy("dev.warren.mcp.channel")
        .layer("thread")
        .definedBy("dev.warren.mcp.internal.thread")
        .layer("retry")
        .definedBy("dev.warren.mcp.internal.retry")
        .layer("message")
        .definedBy("dev.warren.mcp.internal.message")
        .layer("rpc")
        .definedBy("dev.warren.mcp.internal.rpc")
        .layer("session")
        .definedBy("dev.warren.mcp.internal.session")
        .layer("host")
        .definedBy("dev.warren.mcp.channel.host")
        .layer("sandbox")
        .definedBy("dev.warren.mcp.channel.sandbox")
        .layer("lima")
        .definedBy("dev.warren.mcp.channel.lima")
        .layer("sessions")
        .definedBy(SESSIONS)
        .layer("what stands on them")
        .definedBy(
            DescribedPredicate.describe(
                "entry points, http, proxy, tools, sdk",
                (JavaClass type) ->
                    ENTRY_POINTS.test(type)
                        || resideInAnyPackage(
                                "dev.warren.mcp.http..",
                                "dev.warren.mcp.proxy..",
                                "dev.warren.mcp.sdk..",
                                "dev.warren.mcp.internal.http..",
                                "dev.warren.mcp.internal.proxy..",
                                "dev.warren.mcp.internal.tools..")
                            .test(type)))
        .whereLayer("values")
        .mayNotAccessAnyLayer()
        .whereLayer("channel")
        .mayNotAccessAnyLayer()
        .whereLayer("thread")
        .mayNotAccessAnyLayer()
        .whereLayer("retry")
        .mayNotAccessAnyLayer()
        .whereLayer("message")
        .mayOnlyAccessLayers("values")
        .whereLayer("rpc")
        .mayOnlyAccessLayers("values", "channel", "thread", "message")
        .whereLayer("session")
        .mayOnlyAccessLayers("values", "channel", "thread", "retry", "message", "rpc")
        .whereLayer("host")
        .mayOnlyAccessLayers("channel", "thread")
        .whereLayer("sandbox")
        .mayOnlyAccessLayers("channel", "thread")
        .whereLayer("lima")
        .mayOnlyAccessLayers("channel", "thread", "host")
        .whereLayer("sessions")
        .mayOnlyAccessLayers("values", "channel", "session", "sandbox")
        .whereLayer("what stands on them")
        .mayNotBeAccessedByAnyLayer()
        .check(MCP);
  }

  @Test
  void publicTypesOfThePackage_bearItsPrefix() {
    classes()
        .that()
        .resideInAPackage("dev.warren.mcp")
        .and()
        .arePublic()
        .and()
        .areTopLevelClasses()
        .should()
        .haveNameMatching(".*\\.(Mcp\\w+|Json|SandboxTools)")
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

  /** Types of dev.warren.mcp and below, with what is nested in them. */
  private static DescribedPredicate<JavaClass> named(String description, String... names) {
    return DescribedPredicate.describe(
        description,
        type ->
            List.of(names).stream()
                .map(name -> "dev.warren.mcp." + name)
                .anyMatch(
                    name -> type.getName().equals(name) || type.getName().startsWith(name + "$")));
  }
}
