package io.millrace.standalone.chat;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The flags that say how to answer; what is not given is the server's to choose. */
final class AnswerOptions {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Option(
      names = {"-s", "--system"},
      paramLabel = "TEXT",
      description = "The system prompt.")
  private @Nullable String system;

  @Option(names = "--temperature", paramLabel = "T", description = "0 for the likeliest tokens.")
  private @Nullable Double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "The share of probability that is drawn from.")
  private @Nullable Double topP;

  @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of an answer.")
  private @Nullable Integer maxTokens;

  @Option(names = "--seed", paramLabel = "N", description = "Equal seeds give equal answers.")
  private @Nullable Long seed;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A text that ends the answer; may be given more than once.")
  private List<String> stop = List.of();

  @Option(
      names = "--json-schema",
      paramLabel = "FILE",
      description = "A JSON Schema that answers must match.")
  private @Nullable Path jsonSchema;

  @Nullable String system() {
    return system;
  }

  /**
   * A streamed request, but for its messages.
   *
   * @throws StartFailure if a file cannot be read
   */
  ObjectNode request(String model) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    if (temperature != null) {
      body.put("temperature", temperature);
    }
    if (topP != null) {
      body.put("top_p", topP);
    }
    if (maxTokens != null) {
      body.put("max_tokens", maxTokens);
    }
    if (seed != null) {
      body.put("seed", seed);
    }
    stop.forEach(body.withArray("stop")::add);
    if (stop.isEmpty()) {
      body.remove("stop");
    }
    if (jsonSchema != null) {
      ObjectNode format = body.putObject("response_format").put("type", "json_schema");
      putSchema(format.putObject("json_schema").put("name", "answer"), jsonSchema);
    }
    return body;
  }

  private static void putSchema(ObjectNode format, Path file) {
    try {
      format.set("schema", JSON.readTree(Files.readString(file)));
    } catch (IOException | JacksonException e) {
      throw new StartFailure("--json-schema: cannot read %s as JSON: %s".formatted(file, e), e);
    }
  }
}
