package dev.warren;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final String TOP = "the entry points";
  private static final Set<String> ENTRY_POINTS =
      Set.of("dev.warren.BotContainerManager", "dev.warren.SandboxRuntimes");

  /** Each sees those before its line only, not those beside it. */
  private static final List<List<String>> ORDER =
      List.of(
          List.of(
              "dev.warren.bridge.v1", "dev.warren.internal.concurrent", "dev.warren.internal.disk"),
          List.of("dev.warren"),
          List.of("dev.warren.spi"),
          List.of("dev.warren.internal.connection"),
          List.of("dev.warren.internal.files", "dev.warren.internal.exec"),
          List.of("dev.warren.internal.manager", "dev.warren.process"),
          List.of(TOP));

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/testsupport/")) // another module
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
  void packages_haveNoCycles() {
    slices().assignedFrom(new Slices()).should().beFreeOfCycles().check(CORE);
  }

  @Test
  void packages_seeOnlyThoseBelowThem() {
    classes().should(new SeeOnlyWhatIsBelow()).check(CORE);
  }

  @Test
  void theOrder_namesAllPackages() {
    assertThat(CORE.stream().map(Slices::of).distinct())
        .containsExactlyInAnyOrderElementsOf(ORDER.stream().flatMap(List::stream).toList());
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

  /** Every package is a slice; the entry points, which put all together, are one of their own. */
  private static final class Slices implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(of(type));
    }

    static String of(JavaClass type) {
      JavaClass outermost = type;
      while (outermost.getEnclosingClass().isPresent()) {
        outermost = outermost.getEnclosingClass().get();
      }
      return ENTRY_POINTS.contains(outermost.getName()) ? TOP : type.getPackageName();
    }

    @Override
    public String getDescription() {
      return "the packages and the entry points";
    }
  }

  private static final class SeeOnlyWhatIsBelow extends ArchCondition<JavaClass> {
    SeeOnlyWhatIsBelow() {
      super("see only what is below in the order " + ORDER);
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      String from = Slices.of(type);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String to = Slices.of(dependency.getTargetClass().getBaseComponentType());
        boolean ours = level(to) >= 0;
        if (ours && !to.equals(from) && level(to) >= level(from)) {
          events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
        }
      }
    }

    private static int level(String slice) {
      for (int level = 0; level < ORDER.size(); level++) {
        if (ORDER.get(level).contains(slice)) {
          return level;
        }
      }
      return -1;
    }
  }
}
