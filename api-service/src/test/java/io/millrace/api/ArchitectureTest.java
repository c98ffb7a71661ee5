package io.millrace.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.millrace.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule models_areTheWorkersBusiness =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl..", "io.millrace.worker..", "io.millrace.template..");

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.millrace.api.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packages_doNotKnowTheWiring =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.api.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.millrace.api");

  @ArchTest
  static final ArchRule questions_doNotKnowHttp =
      noClasses()
          .that()
          .resideInAnyPackage("..exchange..", "..dispatch..", "..workers..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.http..", "org.springframework.web..");

  @ArchTest
  static final ArchRule kafka_isMetInDispatchOnly =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..answer..", "..body..", "..seed..", "..openai..", "..docs..", "..exchange..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..");
}
