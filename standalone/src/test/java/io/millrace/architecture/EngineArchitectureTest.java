package io.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Maven does not say of which package may know which. */
final class EngineArchitectureTest {
  private static final String ENGINE = "io.millrace.engine";
  private static final JavaClasses CLASSES = ProductionClasses.of(ENGINE + "..");

  /** What each package may know of the others; {@code docs/design.md} draws who does. */
  private static final Map<String, List<String>> MAY_KNOW =
      Map.ofEntries(
          entry("schedule", List.of()),
          entry("sampling", List.of()),
          entry("constraint", List.of("sampling")),
          entry("simd", List.of()),
          entry("cuda", List.of()),
          entry("speculation", List.of("model", "schedule", "sampling")),
          entry("model", List.of("schedule", "sampling")),
          entry("decoder", List.of("model", "schedule", "sampling", "simd")),
          entry("decoder.vector", List.of("decoder", "model", "simd")),
          entry(
              "decoder.cuda", List.of("cuda", "decoder", "model", "sampling", "schedule", "simd")),
          entry("decoder.gemm", List.of("decoder", "model", "simd")),
          entry(
              "decoder.torch", List.of("decoder", "decoder.gemm", "model", "schedule", "sampling")),
          entry(
              "load",
              List.of(
                  "cuda",
                  "decoder",
                  "decoder.cuda",
                  "decoder.vector",
                  "decoder.gemm",
                  "decoder.torch",
                  "model",
                  "simd")));

  @Test
  void packages_knowThoseBelowOnly() {
    MAY_KNOW.forEach(
        (name, known) -> {
          List<String> allowed = new ArrayList<>(List.of(ENGINE + "." + name));
          known.forEach(other -> allowed.add(ENGINE + "." + other));
          noClasses()
              .that()
              .resideInAPackage(ENGINE + "." + name)
              .should()
              .dependOnClassesThat(
                  resideInAPackage(ENGINE + "..")
                      .and(not(resideInAnyPackage(allowed.toArray(String[]::new)))))
              .check(CLASSES);
        });
  }

  /** DJL computes and loads; what is planned, or computed in Java, has no tensors. */
  @Test
  void tensors_areKnownWhereTheyAreComputedOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ENGINE + ".decoder.torch", ENGINE + ".load")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(CLASSES);
  }

  /** On machines without the module, classes that use it must not even be loaded. */
  @Test
  void vectors_areUsedByDecodersOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ENGINE + ".decoder..", ENGINE + ".simd")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jdk.incubator..")
        .check(CLASSES);
  }

  /** They compile for 17 with any compiler, and have no such methods at run time from 22 on. */
  @Test
  void vectors_areReadFromArraysOnly() {
    noClasses()
        .should()
        .callMethodWhere(
            target(owner(resideInAPackage("jdk.incubator..")))
                .and(target(nameMatching("(from|into)Byte(Array|Buffer)"))))
        .check(CLASSES);
  }

  @Test
  void engine_knowsNeitherKafkaNorSpring() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "org.springframework..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
