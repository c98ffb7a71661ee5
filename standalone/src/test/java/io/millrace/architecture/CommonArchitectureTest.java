package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** What Maven does not say of which package may know which. */
final class CommonArchitectureTest {
  private static final String KAFKA = "io.millrace.kafka";
  private static final String SERVICE = "io.millrace.service";
  private static final String ACTUATOR = "io.millrace.actuator";
  private static final String METRICS = "io.millrace.metrics";
  private static final JavaClasses CLASSES =
      ProductionClasses.of(KAFKA, SERVICE, ACTUATOR, METRICS);

  @Test
  void kafka_knowsNoServiceAndNoWeb() {
    noClasses()
        .that()
        .resideInAPackage(KAFKA)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            SERVICE,
            ACTUATOR,
            METRICS,
            "org.springframework.boot..",
            "org.springframework.web..",
            "org.springframework.http..",
            "reactor..")
        .check(CLASSES);
  }

  @Test
  void services_knowNeitherQueueNorProtocol() {
    noClasses()
        .that()
        .resideInAnyPackage(SERVICE, ACTUATOR, METRICS)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            KAFKA, "io.millrace.protocol..", "org.apache.kafka..", "org.springframework.kafka..")
        .check(CLASSES);
  }
}
