package io.millrace.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What Maven does not say of which package may know which. */
@AnalyzeClasses(packages = "io.millrace.models", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String MODELS = "io.millrace.models";

  /** One class adapts DJL's tokenizers to the rest of the package. */
  @ArchTest
  static final ArchRule text_knowsDjlInItsAdapterOnly =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("HuggingFace")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..");

  @ArchTest
  static final ArchRule weights_knowNoTextAndNoHub =
      noClasses()
          .that()
          .resideInAPackage(MODELS + ".weights..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MODELS + ".text..", MODELS + ".hub..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching(MODELS + ".(*)..").should().beFreeOfCycles();
}
