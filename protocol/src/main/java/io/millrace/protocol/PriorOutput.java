package io.millrace.protocol;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The output that earlier attempts at a request have told, which the next one goes on from.
 *
 * @param attempt the last of them; 0 for none
 * @param ended whether it told the end, so that nothing is left to answer
 * @param choices by index of the answer
 * @param prompts the prompts of which something was told
 */
public record PriorOutput(
    int attempt, boolean ended, Map<Integer, Choice> choices, Set<Integer> prompts) {
  /** Of a request that nobody has begun to answer. */
  public static final PriorOutput NONE = new PriorOutput(0, false, Map.of(), Set.of());

  private static final Choice NOTHING = new Choice(List.of(), null);

  /**
   * One answer.
   *
   * @param reason why it is complete; null while it is not
   */
  public record Choice(List<Integer> tokenIds, @Nullable FinishReason reason) {
    public Choice {
      tokenIds = List.copyOf(tokenIds);
    }
  }

  public PriorOutput {
    choices = Map.copyOf(choices);
    prompts = Set.copyOf(prompts);
  }

  /**
   * Whether anything was told of the answers from one index to another, the latter not included.
   */
  public boolean isBegun(int from, int to) {
    return choices.keySet().stream().anyMatch(index -> index >= from && index < to);
  }

  /** What was told of an answer. */
  public Choice choice(int index) {
    return choices.getOrDefault(index, NOTHING);
  }
}
