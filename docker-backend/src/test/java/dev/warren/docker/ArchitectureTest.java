package dev.warren.docker;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final String API = "dev.warren.docker";
  private static final String[] HIDDEN = {
    "com..", "org.bouncycastle..", "org.apache..", "jnr..", "dev.warren.docker.internal.."
  };
  private static final JavaClasses BACKEND =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(API);

  @Test
  void internalPackagesOfTheCore_andOtherBackends_areNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.warren.internal..",
            "dev.warren.process..",
            "dev.warren.bridge..",
            "dev.warren.containerd..")
        .check(BACKEND);
  }

  @Test
  void publicSignatures_returnNothingOfALibrary_andNothingInternal() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage(API)
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .notHaveRawReturnType(resideInAnyPackage(HIDDEN))
        .check(BACKEND);
  }

  @Test
  void publicSignatures_takeNothingOfALibrary_andNothingInternal() {
    noMethods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage(API)
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should()
        .haveRawParameterTypes(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "one of a library or internal",
                types -> types.stream().anyMatch(resideInAnyPackage(HIDDEN))))
        .check(BACKEND);
  }

  /** In their order: each uses those before it. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of(API + ".internal.client"),
          Set.of(API + ".internal.image"),
          Set.of(API + ".internal.container"),
          Set.of(API + ".internal.network"),
          Set.of(API + ".internal.task"),
          Set.of(API + ".internal.snapshot", API + ".internal.event"),
          Set.of(API));

  @Test
  void packages_useThoseBelowThemOnly() {
    Set<String> above = new TreeSet<>();
    BACKEND.forEach(type -> above.add(type.getPackageName()));
    for (Set<String> layer : LAYERS) {
      assertThat(above).containsAll(layer);
      for (String each : layer) {
        Set<String> others = new TreeSet<>(above);
        others.remove(each);
        noClasses()
            .that()
            .resideInAPackage(each)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(others.toArray(String[]::new))
            .check(BACKEND);
      }
      above.removeAll(layer);
    }
    assertThat(above).as("packages without a place in the order").isEmpty();
  }

  @Test
  void packages_areFreeOfCycles() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "all packages of the module";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(BACKEND);
  }

  @Test
  void thereIsNoMutableStaticState() {
    fields().that().areStatic().should().beFinal().check(BACKEND);
  }
}
