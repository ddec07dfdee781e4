package dev.warren.containerd;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final JavaClasses BACKEND =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.warren.containerd");

  /** The order: each package sees those before it only; the facade, the last, is seen by none. */
  private static final List<String> PACKAGES =
      List.of(
          "dev.warren.containerd.internal.api..",
          "dev.warren.containerd.internal.client",
          "dev.warren.containerd.internal.manifest",
          "dev.warren.containerd.internal.content",
          "dev.warren.containerd.internal.registry",
          "dev.warren.containerd.internal.image",
          "dev.warren.containerd.internal.oci",
          "dev.warren.containerd.internal.files",
          "dev.warren.containerd.internal.container",
          "dev.warren.containerd.internal.network",
          "dev.warren.containerd.internal.task",
          "dev.warren.containerd.internal.snapshot",
          "dev.warren.containerd.internal.lifecycle",
          "dev.warren.containerd.internal.event",
          "dev.warren.containerd");

  @Test
  void packages_haveNoCycles() {
    slices().matching("(dev.warren.containerd..)").should().beFreeOfCycles().check(BACKEND);
  }

  @Test
  void eachPackage_seesThoseBeforeItOnly() {
    classes()
        .should()
        .resideInAnyPackage(PACKAGES.toArray(String[]::new))
        .because("the order names all packages")
        .check(BACKEND);
    for (int i = 0; i < PACKAGES.size() - 1; i++) {
      noClasses()
          .that()
          .resideInAPackage(PACKAGES.get(i))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PACKAGES.subList(i + 1, PACKAGES.size()).toArray(String[]::new))
          .check(BACKEND);
    }
  }

  @Test
  void internalPackagesOfTheCore_areNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.warren.internal..", "dev.warren.process..", "dev.warren.bridge..")
        .check(BACKEND);
  }

  @Test
  void publicSignatures_nameNoLibrary_andNothingInternal() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("dev.warren.containerd")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .notHaveRawReturnType(
            resideInAnyPackage("io..", "com..", "dev.warren.containerd.internal.."))
        .check(BACKEND);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("dev.warren.containerd.internal.api..")
        .should()
        .beFinal()
        .check(BACKEND);
  }
}
