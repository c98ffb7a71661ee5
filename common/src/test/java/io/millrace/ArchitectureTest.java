package io.millrace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What Maven does not say of which package may know which. */
@AnalyzeClasses(
    packages = {
      ArchitectureTest.KAFKA,
      ArchitectureTest.SERVICE,
      ArchitectureTest.ACTUATOR,
      ArchitectureTest.METRICS
    },
    importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  static final String KAFKA = "io.millrace.kafka";
  static final String SERVICE = "io.millrace.service";
  static final String ACTUATOR = "io.millrace.actuator";
  static final String METRICS = "io.millrace.metrics";

  @ArchTest
  static final ArchRule kafka_knowsNoServiceAndNoWeb =
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
              "reactor..");

  @ArchTest
  static final ArchRule services_knowNeitherQueueNorProtocol =
      noClasses()
          .that()
          .resideInAnyPackage(SERVICE, ACTUATOR, METRICS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              KAFKA, "io.millrace.protocol..", "org.apache.kafka..", "org.springframework.kafka..");
}
