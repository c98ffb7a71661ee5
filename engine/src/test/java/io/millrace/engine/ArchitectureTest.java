package io.millrace.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What Maven does not say of which package may know which. */
@AnalyzeClasses(packages = "io.millrace.engine", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String ENGINE = "io.millrace.engine";

  @ArchTest
  static final ArchRule planning_knowsNoTensors =
      noClasses()
          .that()
          .resideInAnyPackage(
              ENGINE + ".schedule..",
              ENGINE + ".sampling..",
              ENGINE + ".vector..",
              ENGINE + ".gemm..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();
}
