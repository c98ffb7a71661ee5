package io.millrace.bench.serve;

import io.millrace.cli.StartFailure;
import io.millrace.models.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prompts of a ShareGPT file: the first turn of a conversation is the prompt, and the second one
 * says how long the answer may be. Conversations that are very short or very long are left out, as
 * in vLLM.
 */
final class ShareGptFile {
  static final int MIN_TOKENS = 4;
  static final int MAX_PROMPT = 1024;
  static final int MAX_TOTAL = 2048;

  private ShareGptFile() {}

  private record Turns(String first, String second) {}

  /**
   * Some of a file's prompts, in an order that follows from the seed; where it has too few they
   * come more than once.
   *
   * @param outputTokens of each answer; null for as many as the second turn has
   * @throws StartFailure if the file cannot be read or has none
   */
  static List<PromptRequest> read(
      Path file, Tokenizer tokenizer, int count, @Nullable Integer outputTokens, Random random) {
    List<Turns> conversations = conversations(file);
    Collections.shuffle(conversations, random);
    List<PromptRequest> chosen = new ArrayList<>();
    for (Turns turns : conversations) {
      if (chosen.size() == count) {
        return chosen;
      }
      int[] ids = tokenizer.encode(turns.first, false);
      int output =
          outputTokens == null
              ? tokenizer.encode(turns.second, false).length
              : Math.max(outputTokens, 1);
      if (isUsable(ids.length, output, outputTokens == null)) {
        chosen.add(new PromptRequest(turns.first, ids, ids.length, output));
      }
    }
    if (chosen.isEmpty()) {
      throw new StartFailure("--dataset-path %s has no usable conversation".formatted(file));
    }
    int different = chosen.size();
    while (chosen.size() < count) {
      chosen.add(chosen.get(random.nextInt(different)));
    }
    return chosen;
  }

  private static boolean isUsable(int prompt, int output, boolean outputIsTurn) {
    return prompt >= MIN_TOKENS
        && (!outputIsTurn || output >= MIN_TOKENS)
        && prompt <= MAX_PROMPT
        && prompt + output <= MAX_TOTAL;
  }

  /** Read one by one: the published file is larger than the heap. */
  private static List<Turns> conversations(Path file) {
    List<Turns> all = new ArrayList<>();
    try (MappingIterator<JsonNode> entries =
        JsonMapper.shared().readerFor(JsonNode.class).readValues(file)) {
      while (entries.hasNextValue()) {
        JsonNode turns = entries.nextValue().path("conversations");
        if (turns.size() >= 2) {
          all.add(
              new Turns(
                  turns.get(0).path("value").asString(""),
                  turns.get(1).path("value").asString("")));
        }
      }
      return all;
    } catch (JacksonException e) {
      throw new StartFailure(
          "--dataset-path %s: cannot be read as ShareGPT (%s)"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }
}
