package io.millrace.engine.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NgramSpeculatorTest {
  private static final NgramSpeculation SETTINGS = new NgramSpeculation(8, 4, 2, 4);

  @Test
  void proposal_isWhatFollowedBefore() {
    int[] passage = IntStream.range(100, 130).toArray();
    Speculator speculator = SETTINGS.speculator(passage);
    assertThat(speculator.propose(8, 1)).isEmpty();
    IntStream.range(100, 106).forEach(speculator::add);
    List<Integer> proposed = speculator.propose(8, 1);
    assertThat(proposed).hasSizeGreaterThan(2).isSubsetOf(range(106, 114)).startsWith(106, 107);
    assertThat(speculator.propose(2, 1)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void proposal_growsWithWhatIsAccepted() {
    Speculator speculator = SETTINGS.speculator(IntStream.range(100, 200).toArray());
    IntStream.range(100, 120).forEach(speculator::add);
    speculator.settle(2, 2);
    assertThat(speculator.propose(8, 1)).isEqualTo(range(120, 128));
  }

  @Test
  void proposal_goesOnWithARepetition() {
    Speculator speculator = SETTINGS.speculator(new int[] {1, 2, 3});
    IntStream.range(0, 30).forEach(i -> speculator.add(1 + i % 3));
    speculator.settle(4, 4);
    assertThat(speculator.propose(8, 1)).containsExactly(1, 2, 3, 1, 2, 3, 1, 2);
  }

  @Test
  void proposal_isSmallerWhereManyShareTheStep() {
    Speculator speculator = SETTINGS.speculator(IntStream.range(100, 200).toArray());
    IntStream.range(100, 120).forEach(speculator::add);
    speculator.settle(2, 2);
    assertThat(speculator.propose(8, 1)).hasSize(8);
    assertThat(speculator.propose(8, 8)).hasSizeLessThan(8);
    assertThat(speculator.propose(8, 200)).isEmpty();
  }

  /**
   * By the cost that is assumed, tokens come at least at 0.97 times the speed without proposals.
   */
  @Test
  void wrongProposals_costLittle() {
    for (int alphabet : new int[] {2, 3, 5, 20, 200}) {
      Random random = new Random(alphabet);
      NgramSpeculation eager = new NgramSpeculation(8, 3, 1, 8);
      Speculator speculator = eager.speculator(random.ints(200, 0, alphabet).toArray());
      int steps = 0;
      double lost = 0;
      for (int made = 0; made < 400; steps++) {
        List<Integer> proposed = speculator.propose(8, 1);
        int accepted = -1;
        int token;
        do {
          token = random.nextInt(alphabet);
          speculator.add(token);
          made++;
          accepted++;
        } while (accepted < proposed.size() && proposed.get(accepted) == token);
        if (!proposed.isEmpty()) {
          speculator.settle(proposed.size(), accepted);
          lost += RowCost.of(proposed.size(), 1);
        }
      }
      assertThat(steps + lost).as("alphabet of %d", alphabet).isLessThan(400 / 0.97);
    }
  }

  @Test
  void settings_outOfRangeAreRefused() {
    assertThatThrownBy(() -> new NgramSpeculation(0, 4, 2, 8))
        .hasMessage("num_speculative_tokens must be between 1 and 64, but is 0");
    assertThatThrownBy(() -> new NgramSpeculation(8, 65, 2, 8))
        .hasMessage("prompt_lookup_max must be between 1 and 64, but is 65");
    assertThatThrownBy(() -> new NgramSpeculation(8, 4, 5, 8))
        .hasMessage("prompt_lookup_min must be between 1 and 4, but is 5");
    assertThatThrownBy(() -> new NgramSpeculation(8, 4, 2, 0))
        .hasMessage("disable_by_batch_size must be at least 1, but is 0");
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
