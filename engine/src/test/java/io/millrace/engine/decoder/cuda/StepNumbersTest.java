package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepNumbersTest {
  @Test
  void columns_lieOneBehindTheOther() {
    StepInput step =
        new StepInput(
            List.of(new Span(9, 1, new int[] {4, 2}), new Span(6, 3, new int[] {7, 5})),
            new int[] {11, 12, 13, 14},
            new int[] {0, 3});
    StepNumbers numbers = StepNumbers.of(step, new StepNumbers.Tiling(4, 8, 8, 8));

    StepLayout layout = numbers.layout();
    assertThat(layout).isEqualTo(new StepLayout(4, 2, 1, 2));
    assertThat(layout.isDecode()).isFalse();
    assertThat(part(numbers, layout.tokens(), 4)).containsExactly(11, 12, 13, 14);
    assertThat(part(numbers, layout.positions(), 4)).containsExactly(9, 6, 7, 8);
    assertThat(part(numbers, layout.slots(), 4))
        .containsExactly(2 * 8 + 1, 7 * 8 + 6, 7 * 8 + 7, 5 * 8);
    assertThat(part(numbers, layout.wantedRows(), 2)).containsExactly(0, 3);
    assertThat(part(numbers, layout.tiles(), 5)).containsExactly(0, 9, 4, 0, 0);
    // Three tokens of four heads are twelve columns: two tiles.
    assertThat(part(numbers, layout.promptTilesBegin(), 10))
        .containsExactly(1, 6, 12, 0, 2, 1, 6, 12, 8, 2);
    assertThat(part(numbers, layout.tables(), 4)).containsExactly(4, 2, 7, 5);
    assertThat(numbers.ints()).hasSize(layout.tables() + 4);
  }

  /** The lengths of contexts do not count: what is captured once serves all of them. */
  @Test
  void layout_isTheSameForAllStepsOfAsManySequences() {
    StepNumbers.Tiling tiling = new StepNumbers.Tiling(12, 8, 8, 16);
    StepLayout one = StepNumbers.of(decode(3, 100), tiling).layout();
    StepLayout other = StepNumbers.of(decode(57, 2), tiling).layout();
    assertThat(one).isEqualTo(other).isEqualTo(new StepLayout(2, 2, 4, 0));
    assertThat(one.isDecode()).isTrue();
  }

  private static StepInput decode(int... positions) {
    List<Span> spans =
        Arrays.stream(positions)
            .mapToObj(position -> new Span(position, 1, new int[position / 8 + 1]))
            .toList();
    return new StepInput(spans, new int[positions.length], new int[] {0, 1});
  }

  private static int[] part(StepNumbers numbers, int from, int count) {
    return Arrays.copyOfRange(numbers.ints(), from, from + count);
  }
}
