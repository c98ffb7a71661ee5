package io.millrace.api.answer;

import io.millrace.api.body.JsonBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.Invalid;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names that a client has sent for fields which go by others in the queue: an error names what
 * stands in the body.
 *
 * @param byField of the queue
 */
record SentNames(Map<String, Sent> byField) {

  /**
   * A field of the body.
   *
   * @param meaning what stands for the queue's field in a sentence
   */
  record Sent(String name, String meaning) {
    Sent(String name) {
      this(name, name);
    }
  }

  /** Those of a body. */
  static SentNames of(JsonBody body) {
    Map<String, Sent> names = new LinkedHashMap<>();
    Sent maxTokens = maxTokens(body);
    if (maxTokens != null) {
      names.put("max_tokens", maxTokens);
    }
    if (body.has("eos_token_id") && !body.has("stop_token_ids")) {
      names.put("stop_token_ids", new Sent("eos_token_id"));
    }
    if (body.has("stop_sequences")) {
      names.put("stop", new Sent("stop_sequences"));
    }
    if (body.has("input") && !body.has("messages")) {
      names.put("messages", new Sent("input"));
    }
    String format = format(body);
    if (format != null) {
      names.put("response_format.json_schema.schema", new Sent(format + ".schema"));
      names.put("response_format.type", new Sent(format + ".type"));
    }
    if (body.has("tokens") && !body.has("prompt")) {
      names.put("prompt", new Sent("tokens"));
    }
    if (body.has("prompt_token_ids") && !body.has("prompt")) {
      names.put("prompt", new Sent("prompt_token_ids"));
    }
    return new SentNames(names);
  }

  /** The field that says which form the text is to have, where it is another than in the queue. */
  private static @Nullable String format(JsonBody body) {
    if (body.has("response_format")) {
      return null;
    }
    return body.has("text")
        ? "text.format"
        : body.has("output_config") ? "output_config.format" : null;
  }

  /** The field that counts of those that say how long an answer may be. */
  private static @Nullable Sent maxTokens(JsonBody body) {
    for (String newer : new String[] {"max_completion_tokens", "max_new_tokens"}) {
      if (body.has(newer)) {
        return new Sent(newer);
      }
    }
    if (body.has("max_output_tokens") && !body.has("max_tokens")) {
      return new Sent("max_output_tokens");
    }
    return body.has("max_length") && !body.has("max_tokens")
        ? new Sent("max_length", "max_length less the prompt")
        : null;
  }

  /** The same error, in the client's words. */
  Throwable told(Throwable e) {
    if (e instanceof Invalid invalid) {
      return new Invalid(param(invalid.param()), sentence(invalid));
    }
    return e instanceof RequestFailed failure
        ? failure.inWords(sentence(failure), param(failure.param()))
        : e;
  }

  private @Nullable String param(@Nullable String field) {
    Sent sent = field == null ? null : byField.get(field);
    return sent == null ? field : sent.name();
  }

  private String sentence(Throwable e) {
    String told = String.valueOf(e.getMessage());
    for (Map.Entry<String, Sent> field : byField.entrySet()) {
      told =
          Pattern.compile("\\b" + Pattern.quote(field.getKey()) + "\\b")
              .matcher(told)
              .replaceAll(Matcher.quoteReplacement(field.getValue().meaning()));
    }
    return told;
  }
}
