package io.millrace.bench.grammar;

import io.millrace.cli.StartFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of schemas with valid and invalid documents, one JSON object a line: {@code name}, {@code
 * schema}, {@code tests} (each {@code valid}, {@code data}). Gzipped if its name ends so.
 */
final class SchemaFile {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private SchemaFile() {}

  static List<SchemaCase> read(Path file) {
    List<SchemaCase> cases = new ArrayList<>();
    try (InputStream in = open(file);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        cases.add(parse(line));
      }
    } catch (IOException | JacksonException e) {
      throw new StartFailure(
          "%s: line %d cannot be read (%s)".formatted(file, cases.size() + 1, e.getMessage()), e);
    }
    return cases;
  }

  private static InputStream open(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    return file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
  }

  private static SchemaCase parse(String line) {
    String name = "";
    String schema = "true";
    List<SchemaCase.Instance> instances = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "name" -> name = parser.getString();
          case "schema" -> schema = JSON.writeValueAsString(parser.<JsonNode>readValueAsTree());
          case "tests" -> tests(parser, instances);
          default -> parser.skipChildren();
        }
      }
    }
    return new SchemaCase(name, schema, instances);
  }

  private static void tests(JsonParser parser, List<SchemaCase.Instance> instances) {
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      boolean valid = false;
      String text = "";
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (field) {
          case "valid" -> valid = value == JsonToken.VALUE_TRUE;
          case "data" -> text = PythonJson.of(parser);
          default -> parser.skipChildren();
        }
      }
      instances.add(new SchemaCase.Instance(valid, text));
    }
  }
}
