package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** What Maven does not say of which package may know which. */
final class WorkerServiceArchitectureTest {
  private static final String WORKER = "io.millrace.worker";
  private static final String ENGINE = "io.millrace.engine";
  private static final JavaClasses CLASSES = ProductionClasses.of(WORKER + "..");

  /** Of the engine, the Kafka side knows the door: the package itself, and none below. */
  @Test
  void kafkaSide_knowsTheEngineByItsDoorOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(WORKER, ENGINE + ".*..", "io.millrace.models..", "ai.djl..")
        .check(CLASSES);
  }

  @Test
  void kafkaSide_knowsNoSpring() {
    noClasses()
        .that()
        .resideInAnyPackage(WORKER + ".intake..", WORKER + ".reply..", WORKER + ".control..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(WORKER + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
