package io.millrace.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What Maven does not say of which package may know which. */
@AnalyzeClasses(packages = "io.millrace.worker", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String WORKER = "io.millrace.worker";
  private static final String ENGINE = "io.millrace.engine";

  /** Of the engine, the Kafka side knows the door: the package itself, and none below. */
  @ArchTest
  static final ArchRule kafkaSide_knowsTheEngineByItsDoorOnly =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(WORKER, ENGINE + ".*..", "io.millrace.models..", "ai.djl..");

  @ArchTest
  static final ArchRule kafkaSide_knowsNoSpring =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(WORKER + ".(*)..").should().beFreeOfCycles();
}
