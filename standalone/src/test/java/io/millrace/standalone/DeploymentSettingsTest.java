package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.api.ApiCommand;
import io.millrace.cli.DurationConverter;
import io.millrace.cli.EnvironmentDefaults;
import io.millrace.worker.WorkerCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;

/** Every variable of images, compose file and manifests is a setting, and has a value it takes. */
final class DeploymentSettingsTest {
  private static final String PREFIX = "MILLRACE_";
  private static final Pattern NAME = Pattern.compile(PREFIX + "[A-Z0-9_]+");
  private static final Pattern IN_CODE = Pattern.compile("\"((?:MILLRACE|HF|ENGINE)_[A-Z0-9_]+)\"");

  /** What compose replaces by the value that it has in the shell. */
  private static final Pattern REPLACED = Pattern.compile("\\$\\{\\w+(:-[^}]*)?}");

  /** Read by the JVM's launcher, by libraries, or by {@code docker/validate.sh}. */
  private static final Set<String> OF_OTHERS =
      Set.of("JAVA_OPTS", "HTTPS_PROXY", "HF_TOKEN", "MILLRACE_CRDS");

  private static final Map<String, Object> COMMANDS =
      Map.of("api", new ApiCommand(), "worker", new WorkerCommand());

  @ParameterizedTest
  @ValueSource(strings = {"docker-compose.yml", "docker/README.md", "k8s/README.md"})
  void file_namesOnlySettings(String file) throws Exception {
    String text = String.join("\n", Checkout.lines(file));
    Set<String> known = known("api");
    known.addAll(known("worker"));
    known.addAll(replaced());
    assertThat(known).containsAll(found(NAME, text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "worker", "worker.cuda"})
  void image_setsOnlySettings(String name) throws Exception {
    Map<String, String> variables = DockerImage.environmentOf(name);
    variables.keySet().removeIf(variable -> !variable.startsWith(PREFIX));
    assertTaken(name.replace(".cuda", ""), variables);
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "worker"})
  void container_isGivenOnlySettings(String role) throws Exception {
    Map<String, String> variables = Manifests.variables("", role);
    assertThat(variables).isNotEmpty();
    assertTaken(role, variables);
  }

  @Test
  void configMap_hasSettingsOfOneOrBoth() throws Exception {
    Map<String, String> shared = Manifests.shared("");
    assertThat(shared).containsKey("MILLRACE_KAFKA_PROPERTIES");
    Set<String> left = new TreeSet<>(shared.keySet());
    for (String role : COMMANDS.keySet()) {
      Map<String, String> own = new TreeMap<>(shared);
      own.keySet().retainAll(known(role));
      assertTaken(role, own);
      left.removeAll(own.keySet());
    }
    assertThat(left).isEmpty();
  }

  @Test
  void pods_haveLongerToEndThanTheirDrainsTake() throws Exception {
    JsonNode worker = Manifests.object("base", "Deployment", "millrace-worker");
    String drain = Manifests.variables("base", "worker").get("MILLRACE_DRAIN_TIMEOUT");
    assertThat(grace(worker)).isGreaterThan(new DurationConverter().convert(drain));

    JsonNode api = Manifests.object("base", "StatefulSet", "millrace-api");
    int pause =
        Integer.parseInt(
            api.at("/spec/template/spec/containers/0/lifecycle/preStop/exec/command/1")
                .stringValue());
    String shutdown = option("api", "--shutdown-timeout").defaultValue();
    assertThat(grace(api))
        .isGreaterThan(new DurationConverter().convert(shutdown).plusSeconds(pause));
  }

  private static Duration grace(JsonNode workload) {
    return Duration.ofSeconds(
        workload.at("/spec/template/spec/terminationGracePeriodSeconds").intValue());
  }

  /** Asserts that a command has such flags, and that its flags take these values. */
  private static void assertTaken(String role, Map<String, String> variables) throws IOException {
    assertThat(known(role)).containsAll(variables.keySet());
    String[] flags =
        variables.entrySet().stream()
            .filter(it -> flags(role).containsKey(it.getKey()) && !it.getValue().isEmpty())
            .map(it -> flags(role).get(it.getKey()) + "=" + it.getValue())
            .toArray(String[]::new);
    assertThatCode(() -> new CommandLine(COMMANDS.get(role)).parseArgs(flags))
        .as(Arrays.toString(flags))
        .doesNotThrowAnyException();
  }

  private static OptionSpec option(String role, String flag) {
    return new CommandLine(COMMANDS.get(role)).getCommandSpec().findOption(flag);
  }

  /** A command's flags by their variables. */
  private static Map<String, String> flags(String role) {
    return new CommandLine(COMMANDS.get(role))
        .getCommandSpec().options().stream()
            .flatMap(DeploymentSettingsTest::variables)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Stream<Map.Entry<String, String>> variables(OptionSpec option) {
    return EnvironmentDefaults.properties(option).stream()
        .map(property -> Map.entry(EnvironmentDefaults.variable(property), option.longestName()));
  }

  private static Set<String> known(String role) throws IOException {
    Set<String> known = new TreeSet<>(flags(role).keySet());
    known.addAll(OF_OTHERS);
    known.addAll(found(NAME, String.join("\n", Checkout.lines("bin/jvm"))));
    known.addAll(inCode());
    return known;
  }

  /** What sources read by its name. */
  private static Set<String> inCode() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Checkout.file("models/src/main/java"))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        IN_CODE.matcher(Files.readString(file)).results().forEach(it -> names.add(it.group(1)));
      }
    }
    return names;
  }

  /** The variables of compose itself, which its README lists. */
  private static Set<String> replaced() throws IOException {
    String file = String.join("\n", Checkout.lines("docker-compose.yml"));
    String readme = String.join("\n", Checkout.lines("docker/README.md"));
    Set<String> names = found(NAME, String.join(" ", found(REPLACED, file)));
    assertThat(found(NAME, readme)).containsAll(names);
    return names;
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(it -> it.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
