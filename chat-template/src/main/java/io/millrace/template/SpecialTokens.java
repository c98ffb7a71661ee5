package io.millrace.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer's special tokens by their names in tokenizer_config.json, such as {@code
 * bos_token}. Only those that exist: a template prints nothing for the others, where None would
 * come out as text.
 */
public record SpecialTokens(Map<String, Object> byName) {
  public static final SpecialTokens NONE = new SpecialTokens(Map.of());

  private static final List<String> NAMES =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");
  private static final String ADDITIONAL = "additional_special_tokens";

  public SpecialTokens {
    byName = Map.copyOf(byName);
  }

  /** The two that matter most; null for what the tokenizer does not have. */
  public static SpecialTokens of(@Nullable String bosToken, @Nullable String eosToken) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    if (bosToken != null) {
      tokens.put("bos_token", bosToken);
    }
    if (eosToken != null) {
      tokens.put("eos_token", eosToken);
    }
    return new SpecialTokens(tokens);
  }

  /** From tokenizer_config.json, where a token is a string or an object with its content. */
  public static SpecialTokens ofConfig(Map<String, ?> tokenizerConfig) {
    Map<String, Object> tokens = new LinkedHashMap<>();
    for (String name : NAMES) {
      String token = content(tokenizerConfig.get(name));
      if (token != null) {
        tokens.put(name, token);
      }
    }
    if (tokenizerConfig.get(ADDITIONAL) instanceof List<?> additional && !additional.isEmpty()) {
      tokens.put(
          ADDITIONAL,
          additional.stream().map(SpecialTokens::content).filter(Objects::nonNull).toList());
    }
    return new SpecialTokens(tokens);
  }

  private static @Nullable String content(@Nullable Object token) {
    if (token instanceof Map<?, ?> object) {
      return content(object.get("content"));
    }
    return token instanceof String text ? text : null;
  }
}
