package io.millrace.grammar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.millrace.grammar", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.millrace.grammar.(*)..").should().beFreeOfCycles();

  /** Bytes in, masks out: whoever samples and serves is somebody else. */
  @ArchTest
  static final ArchRule grammar_knowsJsonAlone =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.millrace.grammar..", "java..", "tools.jackson..", "org.jspecify..");
}
