package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The header of a record of the dead-letter topic that says that a letter was replayed: its request
 * was written to its topic again, in the same transaction. It has the key of the letter, and no
 * value.
 *
 * @param offset of the letter, in the same partition
 */
public record DeadLetterReplay(@Required @JsonProperty("millrace-replayed-offset") long offset) {
  private static final String HEADER = "millrace-replayed-offset";

  /** The header by name, as text. */
  public Map<String, String> headers() {
    return Map.of(HEADER, Long.toString(offset));
  }

  /** The offset of the letter that a record with such headers says was replayed; empty if none. */
  public static OptionalLong offset(Map<String, String> headers) {
    try {
      return OptionalLong.of(Long.parseLong(headers.getOrDefault(HEADER, "")));
    } catch (NumberFormatException other) {
      return OptionalLong.empty();
    }
  }
}
