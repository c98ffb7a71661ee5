package io.millrace.template;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What transformers printed for published templates, in a folder beside the repository. Tests that
 * need it are skipped where it is absent.
 */
final class Corpus {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
  private static final TypeReference<List<Map<String, Object>>> OBJECTS = new TypeReference<>() {};

  private Corpus() {}

  /** The folder, or the end of a test that cannot run without it. */
  static Path folder() {
    Path folder = find();
    assumeTrue(folder != null, "the chat template corpus is not here");
    return folder;
  }

  private static @Nullable Path find() {
    String given = System.getProperty("millrace.shared");
    if (given != null) {
      Path corpus = Path.of(given, "chat-templates");
      return Files.isDirectory(corpus) ? corpus : null;
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path corpus = at.resolveSibling("shared").resolve("chat-templates");
      if (Files.isDirectory(corpus)) {
        return corpus;
      }
    }
    return null;
  }

  static List<Map<String, Object>> lines(String file) throws IOException {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String line : Files.readAllLines(folder().resolve(file))) {
      lines.add(JSON.readValue(line, OBJECT));
    }
    return lines;
  }

  static Map<String, Map<String, Object>> conversations() throws IOException {
    Map<String, Map<String, Object>> conversations = new LinkedHashMap<>();
    byte[] json = Files.readAllBytes(folder().resolve("conversations.json"));
    for (Map<String, Object> each : JSON.readValue(json, OBJECTS)) {
      conversations.put((String) each.get("id"), each);
    }
    return conversations;
  }

  static List<String> templates() throws IOException {
    try (Stream<Path> files = Files.list(folder().resolve("templates"))) {
      return files.map(file -> file.getFileName().toString().replace(".jinja", "")).toList();
    }
  }

  static String template(String name) throws IOException {
    return Files.readString(folder().resolve("templates").resolve(name + ".jinja"));
  }

  /** A conversation of the corpus as a template gets it. */
  @SuppressWarnings("unchecked")
  static Conversation conversation(Map<String, Object> json) {
    return new Conversation(
        (List<Map<String, Object>>) json.get("messages"),
        (List<Object>) json.get("tools"),
        null,
        Boolean.TRUE.equals(json.get("add_generation_prompt")),
        (Map<String, Object>) json.get("kwargs"));
  }
}
