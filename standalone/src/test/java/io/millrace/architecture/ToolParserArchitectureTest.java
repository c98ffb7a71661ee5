package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** What the parser may know: text, and nothing else. */
final class ToolParserArchitectureTest {
  private static final JavaClasses CLASSES = ProductionClasses.of("io.millrace.toolparser..");

  @Test
  void knowsNothingElse() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "io.millrace.toolparser..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.millrace.toolparser.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
