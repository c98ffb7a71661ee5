package io.millrace.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input of a chat template: messages, and the tools, documents and variables beside them. All
 * of it is what JSON converts to: maps, lists, strings, numbers, booleans and null.
 *
 * @param tools the tools the model may call, or null; an empty list is not the same
 * @param documents what the answer shall rest on, or null
 * @param addGenerationPrompt whether the prompt ends where the assistant begins to speak
 * @param kwargs further variables, such as {@code enable_thinking}; they win over special tokens
 */
public record Conversation(
    List<? extends Map<String, ?>> messages,
    @Nullable List<?> tools,
    @Nullable List<?> documents,
    boolean addGenerationPrompt,
    Map<String, ?> kwargs) {

  /** Messages alone, up to where the assistant begins to speak. */
  public static Conversation of(List<? extends Map<String, ?>> messages) {
    return new Conversation(messages, null, null, true, Map.of());
  }

  /** The same conversation with other messages. */
  public Conversation withMessages(List<? extends Map<String, ?>> others) {
    return new Conversation(others, tools, documents, addGenerationPrompt, kwargs);
  }

  /** All variables as transformers binds them: what is absent is None, not undefined. */
  Map<String, @Nullable Object> variables(SpecialTokens specialTokens) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens.byName());
    variables.putAll(kwargs);
    variables.put("messages", Collections.unmodifiableList(messages));
    variables.put("tools", tools);
    variables.put("documents", documents);
    variables.put("add_generation_prompt", addGenerationPrompt);
    return variables;
  }
}
