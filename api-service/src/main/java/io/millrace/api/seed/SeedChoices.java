package io.millrace.api.seed;

import io.millrace.protocol.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several answers to one request, where the seed's shape has room for one. */
final class SeedChoices {
  private SeedChoices() {}

  record Text(int index, String text) {}

  /** All of them; null when there is only one. */
  static @Nullable List<Text> unlessOne(Reply.Finished answer) {
    return unlessOne(answer, "");
  }

  /**
   * The same with the same words before each.
   *
   * @param before empty for nothing
   */
  static @Nullable List<Text> unlessOne(Reply.Finished answer, String before) {
    return answer.choices().size() == 1
        ? null
        : answer.choices().stream()
            .map(choice -> new Text(choice.index(), before + choice.text()))
            .toList();
  }
}
