package io.millrace.bench.golden;

import io.millrace.protocol.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A golden case: a prompt, and the results of the reference for it.
 *
 * @param source the text or conversation that the prompt was made from; null if it is ids only
 * @param prompt token ids
 * @param greedy the reference's next tokens, with no stop token
 * @param minMargin the smallest distance between the best and the second logit on the way
 * @param firstLogits the first few logits at the prompt's last position
 * @param topLogprobs token ids and log-probabilities of the likeliest tokens there
 */
record GoldenCase(
    @Nullable Prompt source,
    int[] prompt,
    int[] greedy,
    double minMargin,
    double[] firstLogits,
    Map<Integer, Double> topLogprobs) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<List<Map<String, Object>>> MESSAGES = new TypeReference<>() {};

  /** Reads all cases of a {@code golden.json}. */
  static List<GoldenCase> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("there is no file " + file);
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (IOException | JacksonException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
    List<GoldenCase> cases = new ArrayList<>();
    root.path("cases").forEach(node -> cases.add(of(node)));
    if (cases.isEmpty()) {
      throw new IllegalArgumentException(file + " has no cases");
    }
    return cases;
  }

  private static GoldenCase of(JsonNode node) {
    Map<Integer, Double> top = new LinkedHashMap<>();
    node.path("top5").forEach(pair -> top.put(pair.get(0).asInt(), pair.get(1).asDouble()));
    return new GoldenCase(
        source(node),
        JSON.convertValue(node.path("prompt"), int[].class),
        JSON.convertValue(node.path("greedy"), int[].class),
        node.path("min_margin").asDouble(Double.MAX_VALUE),
        JSON.convertValue(node.path("logits_first8"), double[].class),
        top);
  }

  private static @Nullable Prompt source(JsonNode node) {
    if (node.hasNonNull("text")) {
      return new Prompt.Text(node.get("text").asString());
    }
    if (node.hasNonNull("messages")) {
      boolean open = node.path("add_generation_prompt").asBoolean(true);
      return new Prompt.Chat(JSON.convertValue(node.get("messages"), MESSAGES), open);
    }
    return null;
  }
}
