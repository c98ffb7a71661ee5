package io.millrace.toolparser;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The texts between which models write what they think before they answer. */
public enum ReasoningTags {
  /** Qwen 3, DeepSeek, SmolLM 3, Granite 3.3 and most others. */
  THINK("<think>", "</think>"),
  /** Command R7B, Command A. */
  COHERE("<|START_THINKING|>", "<|END_THINKING|>"),
  /** Magistral, Ministral 3. */
  MISTRAL("[THINK]", "[/THINK]"),
  /** Seed-OSS. */
  SEED("<seed:think>", "</seed:think>"),
  /** Apertus. */
  APERTUS("<|inner_prefix|>", "<|inner_suffix|>"),
  /** Gemma 4. */
  GEMMA("<|channel>thought", "<channel|>");

  private final String start;
  private final String end;

  ReasoningTags(String start, String end) {
    this.start = start;
    this.end = end;
  }

  /** Begins the reasoning. */
  public String start() {
    return start;
  }

  /** Ends the reasoning. */
  public String end() {
    return end;
  }

  /** The tags that a chat template writes or tells the model of; null if there are none. */
  static @Nullable ReasoningTags of(String template) {
    return Arrays.stream(values())
        .filter(tags -> List.of(tags.start, tags.end).stream().anyMatch(template::contains))
        .findFirst()
        .orElse(null);
  }

  /**
   * Whether the model goes on within the reasoning, because the prompt has begun it.
   *
   * @param prompt as the chat template has written it, up to where the model goes on
   */
  public boolean isOpenAfter(String prompt) {
    return prompt.stripTrailing().endsWith(start);
  }

  /**
   * Whether a message that the model is to continue ends within the reasoning.
   *
   * @param message the text of the assistant's last message, tags included
   */
  public boolean isOpenWithin(String message) {
    return message.lastIndexOf(start) > message.lastIndexOf(end);
  }
}
