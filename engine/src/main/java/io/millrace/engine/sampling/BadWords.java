package io.millrace.engine.sampling;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The texts that may not come in one request's answers, as runs of tokens: vLLM's {@code
 * bad_words}. The last token of a run is forbidden where the others stand before it.
 */
public final class BadWords {
  private final List<int[]> runs;

  private BadWords(List<int[]> runs) {
    this.runs = List.copyOf(runs);
  }

  /**
   * Spells texts in tokens, each as the beginning of a text, and after a space where that is as
   * many other tokens.
   *
   * @param encoder from text to token ids, without special tokens around it
   * @param vocabSize of the model, to which higher tokens do not come anyway
   */
  public static BadWords of(List<String> texts, Function<String, int[]> encoder, int vocabSize) {
    List<int[]> runs = new ArrayList<>();
    for (String text : texts) {
      int[] plain = encoder.apply(text.stripLeading());
      int[] spaced = encoder.apply(" " + text.stripLeading());
      if (plain.length > 0) {
        runs.add(plain);
        if (spaced.length == plain.length && spaced[0] != plain[0]) {
          runs.add(spaced);
        }
      }
    }
    runs.removeIf(run -> run[run.length - 1] >= vocabSize);
    return new BadWords(runs);
  }

  /**
   * The tokens that may not come next in an answer.
   *
   * @param count of its tokens so far
   * @param tokenAt the token at each place of it
   */
  public Set<Integer> banned(int count, IntUnaryOperator tokenAt) {
    Set<Integer> banned = new HashSet<>();
    for (int[] run : runs) {
      if (endsWithAllButLast(count, tokenAt, run)) {
        banned.add(run[run.length - 1]);
      }
    }
    return banned;
  }

  private static boolean endsWithAllButLast(int count, IntUnaryOperator tokenAt, int[] run) {
    int prefix = run.length - 1;
    int from = count - prefix;
    return from >= 0
        && IntStream.range(0, prefix).allMatch(i -> tokenAt.applyAsInt(from + i) == run[i]);
  }
}
