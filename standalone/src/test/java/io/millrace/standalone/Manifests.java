package io.millrace.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The manifests of {@code k8s/} as they are written, the patches of kustomizations included. */
final class Manifests {
  private static final YAMLMapper YAML = new YAMLMapper();

  private Manifests() {}

  /** All objects of all files below a folder of {@code k8s/}, by no order. */
  static List<JsonNode> below(String folder) throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Checkout.file("k8s/" + folder))) {
      for (Path file : (Iterable<Path>) files.filter(it -> isYaml(it))::iterator) {
        for (JsonNode object : documents(Files.readString(file))) {
          objects.add(object);
          for (JsonNode patch : object.path("patches")) {
            objects.addAll(documents(patch.path("patch").asString("")));
          }
        }
      }
    }
    return objects;
  }

  /** All documents of one text. */
  static List<JsonNode> documents(String yaml) {
    return YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll();
  }

  private static boolean isYaml(Path file) {
    return file.toString().endsWith(".yaml");
  }

  /**
   * The variables that containers of a name get a value for.
   *
   * @param container such as {@code worker}
   */
  static Map<String, String> variables(String folder, String container) throws IOException {
    Map<String, String> variables = new TreeMap<>();
    for (JsonNode object : below(folder)) {
      for (JsonNode each : object.at("/spec/template/spec/containers")) {
        if (each.path("name").asString("").equals(container)) {
          each.path("env")
              .forEach(
                  it -> variables.put(it.get("name").stringValue(), it.path("value").asString("")));
        }
      }
    }
    return variables;
  }

  /** The variables that generated ConfigMaps give to api and worker. */
  static Map<String, String> shared(String folder) throws IOException {
    Map<String, String> variables = new TreeMap<>();
    for (JsonNode object : below(folder)) {
      for (JsonNode map : object.path("configMapGenerator")) {
        for (JsonNode literal : map.path("literals")) {
          String[] pair = literal.stringValue().split("=", 2);
          variables.put(pair[0], pair[1]);
        }
      }
    }
    return variables;
  }

  /** All objects of a kind. */
  static List<JsonNode> all(String folder, String kind) throws IOException {
    return below(folder).stream().filter(it -> it.path("kind").asString("").equals(kind)).toList();
  }

  /** The only object of a kind and name. */
  static JsonNode object(String folder, String kind, String name) throws IOException {
    return all(folder, kind).stream()
        .filter(it -> it.at("/metadata/name").asString("").equals(name))
        .findFirst()
        .orElseThrow();
  }
}
