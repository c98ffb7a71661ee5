package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code bin/jvm.options} against the classes and the JVM that it speaks to. */
final class JvmOptionsTest {
  private static final Pattern COMPILED_EARLY =
      Pattern.compile("CompileThresholdScaling,(.+)\\.\\*::\\*,");

  private static final Pattern COMPILED_APART =
      Pattern.compile("CompileCommand=dontinline,(.+)::(.+)");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.millrace.engine");

  @Test
  void packagesThatAreCompiledEarly_exist() throws Exception {
    assertThat(packages())
        .isNotEmpty()
        .allMatch(name -> CLASSES.stream().anyMatch(it -> isIn(name, it)));
  }

  @Test
  void classesThatUseVectors_areCompiledEarly() throws Exception {
    Set<String> packages = packages();

    assertThat(CLASSES.stream().filter(JvmOptionsTest::usesVectors))
        .isNotEmpty()
        .allMatch(it -> packages.stream().anyMatch(name -> isIn(name, it)));
  }

  /**
   * A method that has got another name would be taken in again, and nothing but time would tell.
   */
  @Test
  void methodsThatAreCompiledApart_exist() throws Exception {
    List<MatchResult> methods =
        COMPILED_APART
            .matcher(String.join("\n", Checkout.lines("bin/jvm.options")))
            .results()
            .toList();

    assertThat(methods)
        .isNotEmpty()
        .allSatisfy(
            found ->
                assertThat(CLASSES.get(found.group(1)).getMethods())
                    .as(found.group())
                    .anyMatch(it -> List.of("*", it.getName()).contains(found.group(2))));
  }

  @Test
  void options_areUnderstoodByThisJava() throws Exception {
    String jvm = Path.of("..", "bin", "jvm").toString();
    ProcessBuilder builder =
        new ProcessBuilder(jvm, "worker", "-version").redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", "-XX:+PrintCommandLineFlags");
    builder.environment().put("MILLRACE_HEAP", "256m");
    Process process = builder.start();
    List<String> output = process.inputReader().lines().toList();

    assertThat(process.waitFor()).as(String.join("\n", output)).isZero();
    assertThat(String.join("\n", output))
        .contains("WARNING: Using incubator modules: jdk.incubator.vector")
        .contains(
            "-XX:MaxHeapSize=268435456",
            "-XX:MaxNewSize=89128960",
            "-XX:+UseSerialGC",
            "-XX:Tier4CompileThreshold=60000")
        .doesNotContain("error");
  }

  private static Set<String> packages() throws Exception {
    return COMPILED_EARLY
        .matcher(String.join("\n", Checkout.lines("bin/jvm.options")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toSet());
  }

  private static boolean usesVectors(JavaClass type) {
    return type.getDirectDependenciesFromSelf().stream()
        .anyMatch(it -> it.getTargetClass().getPackageName().startsWith("jdk.incubator.vector"));
  }

  private static boolean isIn(String name, JavaClass type) {
    return type.getName().startsWith(name + ".");
  }
}
