package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

final class BenchArchitectureTest {
  private static final String BENCH = "io.millrace.bench";
  private static final JavaClasses CLASSES = ProductionClasses.of(BENCH + "..");

  @Test
  void measurements_doNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(BENCH + ".serve..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BENCH + ".engine..")
        .check(CLASSES);
  }

  /** A server is measured from outside, whoever's it is. */
  @Test
  void load_knowsNoEngine() {
    noClasses()
        .that()
        .resideInAPackage(BENCH + ".serve..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.millrace.engine..")
        .check(CLASSES);
  }

  /**
   * What is measured is what serves: whoever drives the engine knows nothing of how it computes.
   */
  @Test
  void engine_isKnownByItsContract() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.millrace.engine.decoder..",
            "io.millrace.engine.load..",
            "io.millrace.engine.simd..")
        .check(CLASSES);
  }

  @Test
  void measurements_needNoFramework() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "ai.djl..")
        .check(CLASSES);
  }
}
