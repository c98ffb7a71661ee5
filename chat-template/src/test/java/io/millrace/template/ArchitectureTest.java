package io.millrace.template;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the renderer may know: itself, Jinjava's tree, and JSON and flags at its edges. */
@AnalyzeClasses(
    packages = "io.millrace.template",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule knowsNoFramework =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.springframework..", "org.apache.kafka..", "ai.djl..", "io.millrace.protocol..");

  @ArchTest
  static final ArchRule reflectsOnNothing =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.lang.reflect..", "java.lang.invoke.MethodHandles", "javax.el..");

  @ArchTest
  static final ArchRule usesOnlyTheTreeOfJinjava =
      classes()
          .that()
          .resideOutsideOfPackages(
              "io.millrace.template.tree..", "io.millrace.template.interpreter..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages(
              "com.hubspot.jinjava.el..",
              "com.hubspot.jinjava.lib..",
              "com.hubspot.jinjava.interpret..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.millrace.template.(*)..").should().beFreeOfCycles();
}
