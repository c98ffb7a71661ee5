package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A {@code java} that writes down what it is started with, and ends. */
final class FakeJava {
  private static final String SCRIPT =
      """
      #!/usr/bin/env bash
      if [ "$1" = -XshowSettings:properties ]; then
        echo '    java.specification.version = '"$(cat "$0.release")" >&2
        exit
      fi
      printf '%s\\n' "$@" >"$0.arguments"
      env -0 >"$0.environment"
      """;

  private final Path program;

  private FakeJava(Path program) {
    this.program = program;
  }

  static FakeJava in(Path folder) throws IOException {
    Path program = Files.createDirectories(folder).resolve("java");
    Files.writeString(program, SCRIPT);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    FakeJava java = new FakeJava(program);
    java.pretend("17");
    return java;
  }

  void pretend(String release) throws IOException {
    Files.writeString(Path.of(program + ".release"), release);
  }

  /** Runs a command with this program as its {@code java}, and little else in its environment. */
  Start run(List<String> command, Map<String, String> environment) throws Exception {
    Process process = process(command, environment);
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).isEmpty();
    Map<String, String> seen = new TreeMap<>();
    for (String variable : Files.readString(Path.of(program + ".environment")).split("\0")) {
      String[] parts = variable.split("=", 2);
      seen.put(parts[0], parts[1]);
    }
    return new Start(Files.readAllLines(Path.of(program + ".arguments")), seen);
  }

  /** What a command says that does not come to start this program. */
  String refusal(List<String> command, Map<String, String> environment) throws Exception {
    Process process = process(command, environment);
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isEqualTo(1);
    assertThat(Path.of(program + ".arguments")).doesNotExist();
    return output;
  }

  private Process process(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .put("PATH", program.getParent() + File.pathSeparator + System.getenv("PATH"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /**
   * One start of Java.
   *
   * @param arguments all of them
   */
  record Start(List<String> arguments, Map<String, String> environment) {
    /** What comes before the class path. */
    List<String> flags() {
      return arguments.subList(0, arguments.indexOf("-cp"));
    }

    String heap() {
      return flags().stream().filter(Start::isHeap).findFirst().orElseThrow();
    }

    /** The flags that are equal everywhere, with the file of options as what is in it. */
    List<String> flagsWithoutHeap() {
      return flags().stream().filter(flag -> !isHeap(flag)).flatMap(Start::expanded).toList();
    }

    private static boolean isHeap(String flag) {
      return flag.startsWith("-Xmx") || flag.startsWith("-XX:MaxRAMPercentage");
    }

    private static Stream<String> expanded(String flag) {
      if (!flag.startsWith("@")) {
        return Stream.of(flag);
      }
      try {
        return Files.readAllLines(Path.of(flag.substring(1))).stream();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
