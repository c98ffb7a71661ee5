package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last stage of a Dockerfile, as far as a folder can stand for it: what is copied from the
 * sources, the environment, and the command.
 */
final class DockerImage {
  private static final String HOME = "/opt/millrace";
  private static final Pattern VARIABLE = Pattern.compile("(\\w+)=(\"[^\"]*\"|\\S+)");

  private final List<String> instructions;
  private final Path home;

  private DockerImage(List<String> instructions, Path home) {
    this.instructions = instructions;
    this.home = home;
  }

  /**
   * Lays an image out.
   *
   * @param home an empty folder in place of {@code /opt/millrace}
   */
  static DockerImage of(String role, Path home) throws IOException {
    DockerImage image = new DockerImage(lastStage(role), home);
    image.copyFromTheSources();
    return image;
  }

  /** The environment of an image that need not be laid out. */
  static Map<String, String> environmentOf(String role) throws IOException {
    return new DockerImage(lastStage(role), Path.of(HOME)).environment();
  }

  private static List<String> lastStage(String role) throws IOException {
    String file = String.join("\n", Checkout.lines("docker/" + role + ".Dockerfile"));
    List<String> all = List.of(file.replace("\\\n", " ").split("\n"));
    int last =
        all.stream()
            .filter(line -> line.startsWith("FROM "))
            .map(all::lastIndexOf)
            .reduce(0, Math::max);
    return all.subList(last, all.size());
  }

  private void copyFromTheSources() throws IOException {
    for (String copy : all("COPY").filter(it -> !it.startsWith("--from")).toList()) {
      String[] fromTo = copy.split(" +");
      Path target = Path.of(fromTo[1].replace(HOME, home.toString()));
      Files.createDirectories(target.getParent());
      Checkout.copy(fromTo[0].replaceAll("/$", ""), target.getParent());
    }
  }

  Map<String, String> environment() {
    Map<String, String> variables = new TreeMap<>();
    all("ENV")
        .forEach(
            text -> {
              for (Matcher found = VARIABLE.matcher(text); found.find(); ) {
                variables.put(found.group(1), found.group(2).replace("\"", ""));
              }
            });
    return variables;
  }

  /** The entry point, with the arguments that the container gets. */
  List<String> command(String... arguments) {
    String json = all("ENTRYPOINT").findFirst().orElseThrow();
    List<String> command = new ArrayList<>();
    JsonMapper.shared()
        .readTree(json)
        .forEach(word -> command.add(word.asString().replace(HOME, home.toString())));
    command.addAll(List.of(arguments));
    return command;
  }

  private Stream<String> all(String instruction) {
    return instructions.stream()
        .filter(line -> line.startsWith(instruction + " "))
        .map(line -> line.substring(instruction.length()).strip());
  }
}
