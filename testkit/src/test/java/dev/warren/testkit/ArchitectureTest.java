package dev.warren.testkit;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of ARCHITECTURE.md for this module. */
class ArchitectureTest {
  private static final JavaClasses TESTKIT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.warren.testkit");

  /** What programs of a fake sandbox are written with, and waiting: the fakes see these as well. */
  private static final Set<String> SEEN_BY_ALL =
      Set.of("FakeCommand", "FakeInvocation", "Eventually");

  @Test
  void packages_haveNoCycles_andNothingBelowSeesTheEntryPoints() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                if (!type.getPackageName().equals("dev.warren.testkit")) {
                  return SliceIdentifier.of(type.getPackageName());
                }
                String file = type.getName().substring("dev.warren.testkit.".length());
                return SliceIdentifier.of(
                    SEEN_BY_ALL.contains(file.replaceAll("\\$.*", ""))
                        ? "what all see"
                        : "entry points");
              }

              @Override
              public String getDescription() {
                return "entry points, the packages below them, and what all see";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(TESTKIT);
  }
}
