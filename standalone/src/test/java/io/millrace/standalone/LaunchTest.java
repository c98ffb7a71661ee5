package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Java is started with by the {@code millrace} command and by the images. */
final class LaunchTest {
  /** What an image sets because it is one: where things lie, and where it listens. */
  private static final Set<String> OF_THE_IMAGE =
      Set.of(
          "ENGINE_CACHE_DIR",
          "JAVA_HOME",
          "LD_LIBRARY_PATH",
          "PYTORCH_LIBRARY_PATH",
          "HF_HOME",
          "MILLRACE_HOME",
          "MILLRACE_HOST",
          "MILLRACE_PORT",
          "MILLRACE_HEALTH_HOST",
          "MILLRACE_HEALTH_PORT",
          // The api has a container to itself.
          "MILLRACE_HEAP");

  @TempDir Path folder;
  private FakeJava java;
  private Path launcher;

  @BeforeEach
  void layOut() throws Exception {
    java = FakeJava.in(folder.resolve("java"));
    Path home = Files.createDirectory(folder.resolve("home"));
    launcher = Checkout.copy("millrace", home);
    Checkout.copy("bin", home);
    // As if all was built.
    Files.createFile(
        Files.createDirectories(home.resolve("standalone/target")).resolve("millrace.built"));
  }

  @ParameterizedTest
  @CsvSource({"worker, worker", "worker.cuda, worker", "api, api"})
  void image_startsJavaAsTheLauncherDoes(String name, String role) throws Exception {
    DockerImage image = DockerImage.of(name, Files.createDirectory(folder.resolve("image")));
    FakeJava.Start inImage = java.run(image.command("--help"), withoutJavaHome(image));
    FakeJava.Start byLauncher = java.run(List.of(launcher.toString(), role, "--help"), Map.of());

    assertThat(without(OF_THE_IMAGE, inImage)).isEqualTo(without(OF_THE_IMAGE, byLauncher));
    assertThat(byLauncher.environment()).containsEntry("GOMP_SPINCOUNT", "3000");
    assertThat(inImage.flags().get(0)).startsWith("@").endsWith("/bin/jvm.options");
    assertThat(inImage.flagsWithoutHeap()).isEqualTo(byLauncher.flagsWithoutHeap());
    assertThat(byLauncher.heap()).isEqualTo("-Xmx1g");
    assertThat(inImage.heap()).isEqualTo(role.equals("api") ? "-XX:MaxRAMPercentage=60" : "-Xmx1g");
    assertThat(inImage.arguments()).endsWith("--help");
  }

  /** The image's Java is elsewhere; here that of the path stands for it. */
  private static Map<String, String> withoutJavaHome(DockerImage image) {
    Map<String, String> environment = new TreeMap<>(image.environment());
    environment.remove("JAVA_HOME");
    return environment;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "worker",
        "chat",
        "ask hello",
        "bench engine",
        "check-golden",
        "perplexity"
      })
  void commandThatRunsAModel_hasTheVectorModule(String command) throws Exception {
    assertThat(start(command).flags()).contains("--add-modules=jdk.incubator.vector");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api",
        "broker",
        "render",
        "models list",
        "models pull default",
        "bench serve",
        "chat --url http://127.0.0.1:8000",
        "ask --base_url=http://127.0.0.1:8000 hello",
        "--help",
        "serve --help",
        "worker -h",
        "bench engine --batch 1 --help",
        "bench --version"
      })
  void commandThatRunsNoModel_isSparedTheWarning(String command) throws Exception {
    assertThat(start(command).flags()).doesNotContain("--add-modules=jdk.incubator.vector");
  }

  @ParameterizedTest
  @ValueSource(strings = {"MILLRACE_URL", "MILLRACE_BASE_URL"})
  void variableThatNamesAServer_sparesTheWarning(String name) throws Exception {
    Map<String, String> server = Map.of(name, "http://127.0.0.1:8000");
    assertThat(java.run(List.of(launcher.toString(), "chat"), server).flags())
        .doesNotContain("--add-modules=jdk.incubator.vector");
  }

  @ParameterizedTest
  @CsvSource({
    "MILLRACE_HEAP, 32m, at least 256m",
    "MILLRACE_HEAP, 200000k, at least 256m",
    "MILLRACE_HEAP, 0, at least 256m",
    "MILLRACE_HEAP, 99999g, at most 4096g",
    "MILLRACE_HEAP, much, a size such as 1g or a share such as 60%",
    "MILLRACE_HEAP, 1.5g, a size such as 1g or a share such as 60%",
    "MILLRACE_HEAP, 101%, a size such as 1g or a share such as 60%",
    "MILLRACE_HEAP, -1g, a size such as 1g or a share such as 60%",
    "MILLRACE_LOG_LEVEL, VERBOSE, 'TRACE, DEBUG, INFO, WARN, ERROR or OFF'"
  })
  void wrongVariable_isRefusedInOneLine(String name, String value, String expected)
      throws Exception {
    for (List<String> command :
        List.of(
            List.of(launcher.toString(), "serve"),
            List.of(launcher.resolveSibling("bin/jvm").toString(), "worker", "-version"))) {
      assertThat(java.refusal(command, Map.of(name, value)))
          .isEqualTo("millrace: %s must be %s, but is %s\n".formatted(name, expected, value));
    }
  }

  @Test
  void archiveOfClasses_isUsedWhereThereIsOne() throws Exception {
    String flag = "-XX:SharedArchiveFile=";
    assertThat(start("serve").flags()).noneMatch(it -> it.startsWith(flag));
    Path archive =
        Files.createFile(launcher.resolveSibling("standalone/target").resolve("millrace.jsa"));
    assertThat(start("serve").flags()).anyMatch(it -> it.equals(flag + archive));
  }

  @ParameterizedTest
  @CsvSource({
    "256m, -Xmx256m",
    "1G, -Xmx1G",
    "536870912, -Xmx536870912",
    "100%, -XX:MaxRAMPercentage=100"
  })
  void heap_isASizeOrAShare(String value, String flag) throws Exception {
    FakeJava.Start start =
        java.run(List.of(launcher.toString(), "serve"), Map.of("MILLRACE_HEAP", value));
    assertThat(start.heap()).isEqualTo(flag);
  }

  @ParameterizedTest
  @CsvSource({"LANG, C", "LC_ALL, POSIX", "LC_CTYPE, C"})
  void localeWithoutUtf8_isReplaced(String name, String value) throws Exception {
    List<String> command = List.of(launcher.toString(), "serve");
    assertThat(java.run(command, Map.of(name, value)).environment())
        .containsEntry("LC_ALL", "C.UTF-8");
  }

  @Test
  void localeOfUtf8_stays() throws Exception {
    List<String> command = List.of(launcher.toString(), "serve");
    assertThat(java.run(command, Map.of("LANG", "C.UTF-8")).environment())
        .containsEntry("LANG", "C.UTF-8")
        .doesNotContainKey("LC_ALL");
  }

  @Test
  void environment_overridesWhatIsInTheFiles() throws Exception {
    Map<String, String> own =
        Map.of(
            "GOMP_SPINCOUNT", "7",
            "MALLOC_ARENA_MAX", "",
            "MILLRACE_HEAP", "3g",
            "JAVA_OPTS", "-Xmx5g -XX:+UseG1GC");
    FakeJava.Start start = java.run(List.of(launcher.toString(), "worker"), own);

    assertThat(start.environment())
        .containsEntry("GOMP_SPINCOUNT", "7")
        .containsEntry("MALLOC_ARENA_MAX", "1");
    assertThat(start.flags()).contains("-Xmx3g").endsWith("-Xmx5g", "-XX:+UseG1GC");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "21"})
  void javaBefore22_isAskedForNoNativeAccess(String release) throws Exception {
    java.pretend(release);
    assertThat(start("worker").flags()).doesNotContain("--enable-native-access=ALL-UNNAMED");
  }

  @Test
  void java22_getsNativeAccess() throws Exception {
    java.pretend("22");
    assertThat(start("worker").flags()).contains("--enable-native-access=ALL-UNNAMED");
  }

  private FakeJava.Start start(String command) throws Exception {
    List<String> words = List.of((launcher + " " + command).split(" "));
    return java.run(words, Map.of());
  }

  private static Map<String, String> without(Set<String> names, FakeJava.Start start) {
    Map<String, String> others = new TreeMap<>(start.environment());
    others.keySet().removeAll(names);
    return others;
  }
}
