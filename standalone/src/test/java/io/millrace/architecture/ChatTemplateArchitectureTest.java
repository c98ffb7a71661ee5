package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** What the renderer may know: itself, Jinjava's tree, and JSON and flags at its edges. */
final class ChatTemplateArchitectureTest {
  private static final JavaClasses CLASSES = ProductionClasses.of("io.millrace.template..");

  @Test
  void knowsNoFramework() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "org.apache.kafka..", "ai.djl..", "io.millrace.protocol..")
        .check(CLASSES);
  }

  @Test
  void reflectsOnNothing() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.reflect..", "java.lang.invoke.MethodHandles", "javax.el..")
        .check(CLASSES);
  }

  @Test
  void usesOnlyTheTreeOfJinjava() {
    classes()
        .that()
        .resideOutsideOfPackages(
            "io.millrace.template.tree..", "io.millrace.template.interpreter..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages(
            "com.hubspot.jinjava.el..",
            "com.hubspot.jinjava.lib..",
            "com.hubspot.jinjava.interpret..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.millrace.template.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
