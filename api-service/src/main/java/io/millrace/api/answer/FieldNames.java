package io.millrace.api.answer;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.Invalid;
import java.util.Map;

/**
 * The names of fields that an endpoint spells otherwise than requests to workers do, so that a
 * refusal names what its client wrote.
 *
 * @param own by the name in the request
 */
public record FieldNames(Map<String, String> own) {
  /** No field is spelt otherwise. */
  public static final FieldNames SAME = new FieldNames(Map.of());

  public FieldNames {
    own = Map.copyOf(own);
  }

  /** A refusal in the client's words. */
  public Invalid translated(Invalid refusal) {
    return new Invalid(
        refusal.param() == null ? null : translated(refusal.param()),
        translated(String.valueOf(refusal.getMessage())));
  }

  /** The same of one that comes from a worker; other failures name no field. */
  RequestFailed translated(RequestFailed failure) {
    return failure.param() == null
        ? failure
        : new RequestFailed(
            failure.kind(),
            translated(String.valueOf(failure.getMessage())),
            translated(failure.param()));
  }

  private String translated(String text) {
    String words = text;
    for (var name : own.entrySet()) {
      words = words.replaceAll("\\b" + name.getKey() + "\\b", name.getValue());
    }
    return words;
  }
}
