package io.millrace.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Maven does not say of which package may know which. */
final class ApiServiceArchitectureTest {
  private static final String API = "io.millrace.api";
  private static final JavaClasses CLASSES = ProductionClasses.of(API + "..");

  /** Each package with all those that it may know; the package itself wires them up. */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("anthropic", Set.of("answer", "body", "error", "exchange", "workers")),
          Map.entry(
              "openai",
              Set.of(
                  "admission",
                  "answer",
                  "body",
                  "dispatch",
                  "error",
                  "exchange",
                  "options",
                  "workers")),
          Map.entry("responses", Set.of("answer", "body", "error", "exchange", "workers")),
          Map.entry("seed", Set.of("answer", "body", "exchange", "options", "workers")),
          Map.entry("tokenizer", Set.of("answer", "body", "exchange", "workers")),
          Map.entry(
              "batches",
              Set.of("body", "error", "files", "jobs", "metrics", "options", "results", "workers")),
          Map.entry("files", Set.of("body", "error", "options")),
          Map.entry("callback", Set.of("jobs", "options", "results")),
          Map.entry(
              "jobs",
              Set.of(
                  "answer",
                  "body",
                  "dispatch",
                  "error",
                  "exchange",
                  "metrics",
                  "options",
                  "results",
                  "workers")),
          Map.entry("results", Set.of("dispatch", "error")),
          Map.entry("answer", Set.of("body", "dispatch", "error", "exchange", "metrics", "tenant")),
          Map.entry("exchange", Set.of("admission", "dispatch", "error", "metrics", "tenant")),
          Map.entry("admission", Set.of("error", "tenant")),
          Map.entry("cors", Set.of("options")),
          Map.entry("key", Set.of("body", "metrics", "tenant")),
          Map.entry("tenant", Set.of("body", "error")),
          Map.entry("health", Set.of("dispatch")),
          Map.entry("chat", Set.of("options")),
          Map.entry("docs", Set.of("options")),
          Map.entry("dispatch", Set.of("error")),
          Map.entry("workers", Set.of("error")),
          Map.entry("body", Set.of()),
          Map.entry("error", Set.of()),
          Map.entry("metrics", Set.of("tenant")),
          Map.entry("options", Set.of()));

  @Test
  void packages_knowNoOthersThanStated() {
    stated().check(CLASSES);
  }

  private static LayeredArchitecture stated() {
    LayeredArchitecture rule =
        layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitecture()
            .layer("wiring")
            .definedBy(API)
            .whereLayer("wiring")
            .mayNotBeAccessedByAnyLayer();
    for (String name : MAY_KNOW.keySet()) {
      rule = rule.layer(name).definedBy(API + "." + name + "..");
    }
    for (var entry : MAY_KNOW.entrySet()) {
      rule =
          entry.getValue().isEmpty()
              ? rule.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
              : rule.whereLayer(entry.getKey())
                  .mayOnlyAccessLayers(entry.getValue().toArray(String[]::new));
    }
    return rule;
  }

  @Test
  void questions_doNotKnowHttp() {
    noClasses()
        .that()
        .resideInAnyPackage(API + ".exchange..", API + ".dispatch..", API + ".workers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.http..", "org.springframework.web..")
        .check(CLASSES);
  }

  @Test
  void kafkaClients_areMetWhereRecordsAre() {
    noClasses()
        .that()
        .resideOutsideOfPackages(API, API + ".dispatch..", API + ".results..", API + ".workers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.springframework.kafka..")
        .check(CLASSES);
  }
}
