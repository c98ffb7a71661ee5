package io.millrace.models;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between packages that Maven does not state. */
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

  /** The hub fetches files and the text side reads them; what they are, the weights know. */
  @ArchTest
  static final ArchRule packages_dependOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("hub")
          .definedBy(MODELS + ".hub")
          .layer("text")
          .definedBy(MODELS + ".text")
          .layer("weights")
          .definedBy(MODELS + ".weights")
          .whereLayer("hub")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("text")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("weights")
          .mayOnlyBeAccessedByLayers("hub", "text")
          .ensureAllClassesAreContainedInArchitecture();

  /** The network is the hub's alone. */
  @ArchTest
  static final ArchRule network_isUsedByTheHubOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(MODELS + ".hub")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "javax.net..");

  /** Of the queue's protocol it takes sampling parameters, refusals and what a text is. */
  @ArchTest
  static final ArchRule protocol_isKnownByRefusalsAndSamplingOnly =
      classes()
          .that()
          .resideInAPackage(MODELS + "..")
          .should()
          .onlyDependOnClassesThat(
              resideOutsideOfPackage("io.millrace.protocol..")
                  .or(simpleName("Invalid"))
                  .or(simpleName("SamplingParams"))
                  .or(simpleName("JsonRecords"))
                  .or(simpleName("Unicode")));
}
