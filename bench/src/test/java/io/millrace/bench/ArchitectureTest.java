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
          .resideInAnyPackage(
              "io.millrace.engine..",
              "io.millrace.engine.model..",
              "io.millrace.engine.schedule..");

  @ArchTest
  static final ArchRule engine_isDrivenByOneClass =
      noClasses()
          .that()
          .resideInAPackage(BENCH + ".engine..")
          .and()
          .doNotHaveSimpleName("EngineDriver")
          .and()
          .doNotHaveFullyQualifiedName(BENCH + ".engine.EngineDriver$Step")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.engine.schedule..", "io.millrace.engine.sampling..");

  @ArchTest
  static final ArchRule measurements_needNoFramework =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "org.apache.kafka..", "ai.djl..");
}
