package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token and how likely the model held it: the log-softmax of the raw logits, before penalties,
 * temperature and all else.
 *
 * @param id of the token in the model's vocabulary
 * @param text what it adds to a text; U+FFFD for bytes that are no whole character
 * @param partialBytes what it really adds, where {@code text} does not tell; else null
 * @param logprob null for the first token of a prompt, which nothing comes before
 * @param rank 1 for the likeliest of all; 0 where {@code logprob} is null
 */
@JsonInclude(Include.NON_NULL)
public record ScoredToken(
    int id,
    @Required @JsonProperty("token") String text,
    @JsonProperty("bytes") @Nullable List<Integer> partialBytes,
    @Nullable Double logprob,
    @JsonInclude(Include.NON_DEFAULT) int rank) {

  public ScoredToken {
    partialBytes = partialBytes == null ? null : List.copyOf(partialBytes);
  }

  /** A token by its bytes. */
  public static ScoredToken of(int id, byte[] bytes, @Nullable Double logprob, int rank) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    boolean whole = Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8));
    return new ScoredToken(id, text, whole ? null : numbers(bytes), logprob, rank);
  }

  /** Its bytes, 0 to 255. */
  public List<Integer> bytes() {
    return partialBytes == null ? numbers(text.getBytes(StandardCharsets.UTF_8)) : partialBytes;
  }

  private static List<Integer> numbers(byte[] bytes) {
    List<Integer> numbers = new ArrayList<>(bytes.length);
    for (byte each : bytes) {
      numbers.add(Byte.toUnsignedInt(each));
    }
    return numbers;
  }
}
