package io.millrace.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may know which. The packages are those of the design, whether built yet or not. */
@AnalyzeClasses(packages = "io.millrace", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String WORKER = "io.millrace.worker";

  /** What turns tokens into text and back, wherever requests come from. */
  private static final String[] ENGINE_ROOM = {
    WORKER + ".engine..",
    WORKER + ".schedule..",
    WORKER + ".sampling..",
    WORKER + ".model..",
    WORKER + ".vector..",
    WORKER + ".gemm..",
    WORKER + ".text..",
    WORKER + ".weights..",
    "io.millrace.template.."
  };

  @ArchTest
  static final ArchRule engineRoom_knowsNeitherKafkaNorSpring =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE_ROOM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "org.springframework..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule engineRoom_doesNotPointBack =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE_ROOM)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              WORKER, WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule planning_knowsNoTensors =
      noClasses()
          .that()
          .resideInAnyPackage(
              WORKER + ".schedule..",
              WORKER + ".sampling..",
              WORKER + ".vector..",
              WORKER + ".gemm..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..")
          .allowEmptyShould(true);

  /** One class adapts DJL's tokenizers to the rest of the package. */
  @ArchTest
  static final ArchRule text_knowsDjlInItsAdapterOnly =
      noClasses()
          .that()
          .resideInAPackage(WORKER + ".text..")
          .and()
          .haveSimpleNameNotStartingWith("HuggingFace")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule kafkaSide_knowsTheEngineByItsDoorOnly =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              WORKER,
              WORKER + ".schedule..",
              WORKER + ".sampling..",
              WORKER + ".model..",
              WORKER + ".text..",
              WORKER + ".weights..");

  @ArchTest
  static final ArchRule kafkaSide_knowsNoSpring =
      noClasses()
          .that()
          .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..");

  /** Among the worker's packages; other modules answer for their own. */
  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(WORKER + ".(*)..").should().beFreeOfCycles();
}
