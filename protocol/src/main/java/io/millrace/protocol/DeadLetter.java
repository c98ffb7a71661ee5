package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The headers of a record of the dead-letter topic: why a request could not be answered. Key and
 * value of the record are those of the request, byte for byte, so that copying it back asks again;
 * of a request that is too large to be copied there is neither, and the headers say where it lies.
 *
 * @param reason one sentence
 * @param attempts how often the request was started
 * @param worker who gave up
 * @param topic where the request came from
 * @param partition where the request came from
 * @param offset where the request came from
 */
public record DeadLetter(
    @Required @JsonProperty("millrace-reason") String reason,
    @Required @JsonProperty("millrace-attempts") int attempts,
    @Required @JsonProperty("millrace-worker") String worker,
    @Required @JsonProperty("millrace-topic") String topic,
    @Required @JsonProperty("millrace-partition") int partition,
    @Required @JsonProperty("millrace-offset") long offset) {
  private static final List<String> NUMBERS =
      List.of("millrace-attempts", "millrace-partition", "millrace-offset");

  /** The headers by name, each as text, in order. */
  public Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    JsonRecords.MAPPER
        .valueToTree(this)
        .forEachEntry((name, value) -> headers.put(name, value.asString()));
    return headers;
  }

  /**
   * Reads the headers of a record.
   *
   * @param headers their values by name
   * @return empty if they are not those of a dead letter
   */
  public static Optional<DeadLetter> of(Map<String, String> headers) {
    try {
      ObjectNode fields = JsonRecords.MAPPER.createObjectNode();
      headers.forEach(fields::put);
      for (String number : NUMBERS) {
        fields.put(number, Long.parseLong(headers.getOrDefault(number, "")));
      }
      return Optional.of(JsonRecords.read(fields, DeadLetter.class));
    } catch (NumberFormatException | Invalid other) {
      return Optional.empty();
    }
  }
}
