package dev.warren;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(
              "dev.warren", "dev.warren.spi", "dev.warren.process", "dev.warren.internal");

  @Test
  void onlyTheBridgeClient_seesGrpcAndTheStubs() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.warren.internal.connection",
            "dev.warren.internal.files",
            "dev.warren.internal.exec",
            "dev.warren.bridge.v1")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..", "com.google.protobuf..", "io.netty..", "dev.warren.bridge.v1")
        .check(CORE);
  }

  @Test
  void publicSignatures_nameNoLibrary_andNothingInternal() {
    methods()
        .that()
        .areDeclaredInClassesThat(
            are(resideInAnyPackage("dev.warren", "dev.warren.spi", "dev.warren.process")))
        .and()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .notHaveRawReturnType(
            resideInAnyPackage(
                "io..", "com..", "jnr..", "dev.warren.internal..", "dev.warren.bridge.."))
        .check(CORE);
  }

  @Test
  void theLowerPackages_doNotKnowTheUpperOnes() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.warren.internal.concurrent", "dev.warren.internal.disk")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.spi", "dev.warren.process", "dev.warren.internal.manager")
        .check(CORE);
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.warren.internal.connection",
            "dev.warren.internal.files",
            "dev.warren.internal.exec")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.internal.manager", "dev.warren.process")
        .check(CORE);
    noClasses()
        .that()
        .resideInAPackage("dev.warren.internal.manager")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.warren.process")
        .check(CORE);
  }

  @Test
  void internalPackages_haveNoCycles() {
    slices().matching("dev.warren.internal.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("dev.warren.bridge.v1")
        .should()
        .beFinal()
        .check(CORE);
  }

  @Test
  void names_sayWhatAThingIs() {
    classes()
        .that()
        .resideOutsideOfPackage("dev.warren.bridge.v1")
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Impl|Common)$")
        .andShould()
        .haveNameNotMatching(".*\\.Default[A-Z].*")
        .check(CORE);
  }
}
