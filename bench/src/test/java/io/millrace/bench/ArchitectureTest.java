package io.millrace.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.millrace.bench", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String BENCH = "io.millrace.bench";

  @ArchTest
  static final ArchRule measurements_doNotKnowEachOther =
      noClasses()
          .that()
          .resideInAPackage(BENCH + ".serve..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(BENCH + ".engine..");

  /** A server is measured from outside, whoever's it is. */
  @ArchTest
  static final ArchRule load_knowsNoEngine =
      noClasses()
          .that()
          .resideInAPackage(BENCH + ".serve..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.engine..");

  /**
   * What is measured is what serves: whoever drives the engine knows nothing of how it computes.
   */
  @ArchTest
  static final ArchRule engine_isKnownByItsContract =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.engine.decoder..",
              "io.millrace.engine.load..",
              "io.millrace.engine.simd..");

  @ArchTest
  static final ArchRule measurements_needNoFramework =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "ai.djl..");
}
