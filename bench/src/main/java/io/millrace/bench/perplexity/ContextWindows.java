package io.millrace.bench.perplexity;

import io.millrace.cli.StartFailure;
import io.millrace.engine.PromptEncoder;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The windows of a text: contexts that are read one by one. */
final class ContextWindows {
  private ContextWindows() {}

  /**
   * The token ids of each window. All begin with the ids that the tokenizer puts before a text: a
   * model that was trained to see a beginning of sequence predicts badly without.
   *
   * @param size tokens of a window, at least two
   * @throws StartFailure if the text is too short to predict anything
   */
  static int[][] of(String text, PromptEncoder encoder, int size) {
    int[] ids;
    try {
      ids = encoder.encode(new Prompt.Text(text));
    } catch (Invalid e) {
      throw new StartFailure("--text: " + e.getMessage(), e);
    }
    int start = beginning(encoder, ids);
    List<int[]> windows = new ArrayList<>();
    for (int from = start; from < ids.length; from += size - start) {
      int[] window = Arrays.copyOf(ids, start + Math.min(size - start, ids.length - from));
      System.arraycopy(ids, from, window, start, window.length - start);
      windows.add(window);
    }
    windows.removeIf(window -> window.length < 2);
    if (windows.isEmpty()) {
      throw new StartFailure("--text: at least two tokens are needed, but there is one");
    }
    return windows.toArray(int[][]::new);
  }

  /** Number of ids that stand before every text: one or none. */
  private static int beginning(PromptEncoder encoder, int[] ids) {
    try {
      return encoder.encode(new Prompt.Text(""))[0] == ids[0] ? 1 : 0;
    } catch (Invalid nothing) {
      return 0;
    }
  }
}
