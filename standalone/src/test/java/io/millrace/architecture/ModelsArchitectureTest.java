package io.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

/** The arrows between packages that Maven does not state. */
final class ModelsArchitectureTest {
  private static final String MODELS = "io.millrace.models";
  private static final JavaClasses CLASSES = ProductionClasses.of(MODELS + "..");

  /** One class adapts DJL's tokenizers to the rest of the package. */
  @Test
  void text_knowsDjlInItsAdapterOnly() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("HuggingFace")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(CLASSES);
  }

  /** The hub fetches files and the text side reads them; what they are, the weights know. */
  @Test
  void packages_dependOneWay() {
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
        .ensureAllClassesAreContainedInArchitecture()
        .check(CLASSES);
  }

  /** The network is the hub's alone. */
  @Test
  void network_isUsedByTheHubOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(MODELS + ".hub")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "javax.net..")
        .check(CLASSES);
  }

  /** Of the queue's protocol it takes sampling parameters, refusals and what a text is. */
  @Test
  void protocol_isKnownByRefusalsAndSamplingOnly() {
    classes()
        .that()
        .resideInAPackage(MODELS + "..")
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("io.millrace.protocol..")
                .or(simpleName("Invalid"))
                .or(simpleName("SamplingParams"))
                .or(simpleName("JsonRecords"))
                .or(simpleName("Unicode")))
        .check(CLASSES);
  }
}
