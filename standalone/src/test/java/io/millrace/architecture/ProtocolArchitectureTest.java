package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

final class ProtocolArchitectureTest {
  private static final JavaClasses CLASSES = ProductionClasses.of("io.millrace.protocol..");

  @Test
  void records_needJsonAndNothingElse() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.millrace.protocol.schema")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..",
            "org.jspecify..",
            "tools.jackson..",
            "com.fasterxml.jackson..",
            "io.millrace.protocol")
        .check(CLASSES);
  }
}
