package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

final class GrammarArchitectureTest {
  private static final JavaClasses CLASSES = ProductionClasses.of("io.millrace.grammar..");

  @Test
  void packages_haveNoCycles() {
    slices().matching("io.millrace.grammar.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  /** Bytes in, masks out: whoever samples and serves is somebody else. */
  @Test
  void grammar_knowsJsonAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.millrace.grammar..", "java..", "tools.jackson..", "org.jspecify..")
        .check(CLASSES);
  }
}
