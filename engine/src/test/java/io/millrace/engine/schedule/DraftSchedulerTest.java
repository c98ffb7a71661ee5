package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DraftSchedulerTest {
  private static final int BLOCK_SIZE = 4;
  private static final int ALPHABET = 3;
  private static final int BUDGET = 24;

  private final Random random = new Random(20261128);
  private long arrivals;

  /** A long random run in which sequences come, go on as guessed or not, rest and end. */
  @ParameterizedTest
  @CsvSource({"40, true", "40, false", "12, true", "400, true"})
  void turns_readWhatWasComputedForTheSameTokens(int numBlocks, boolean prefixCaching) {
    BlockManager blocks = new BlockManager(numBlocks, BLOCK_SIZE, prefixCaching);
    DraftScheduler scheduler = new DraftScheduler(blocks, BUDGET, 120);
    SimulatedCache cells = new SimulatedCache(numBlocks, BLOCK_SIZE);
    List<int[]> beginnings =
        Stream.generate(() -> tokens(1 + random.nextInt(40))).limit(4).toList();
    List<Sequence> targets = new ArrayList<>();
    int guessed = 0;
    int right = 0;
    for (int turn = 0; turn < 4_000; turn++) {
      if (targets.size() < 6 && random.nextInt(4) == 0) {
        targets.add(sequence(beginnings.get(random.nextInt(beginnings.size()))));
      }
      if (!targets.isEmpty() && random.nextInt(20) == 0) {
        scheduler.remove(targets.remove(random.nextInt(targets.size())));
      }
      Map<Sequence, Integer> wanted = new LinkedHashMap<>();
      targets.stream()
          .filter(it -> random.nextInt(4) > 0)
          .forEach(it -> wanted.put(it, random.nextInt(6)));
      run(scheduler, cells, wanted);
      for (Sequence target : targets) {
        List<Integer> guess = scheduler.guessed(target);
        assertThat(guess).hasSizeLessThanOrEqualTo(wanted.getOrDefault(target, 0));
        guessed += guess.size();
        right += goOn(target, guess);
      }
      targets.stream()
          .filter(it -> it.numTokens() > 130)
          .toList()
          .forEach(
              it -> {
                scheduler.remove(it);
                targets.remove(it);
              });
    }
    targets.forEach(scheduler::remove);
    assertThat(blocks.numFreeBlocks()).isEqualTo(numBlocks);
    assertThat(right).isBetween(100, guessed - 100);
    assertThat(blocks.prefixCacheHits()).isBetween(prefixCaching ? 1L : 0L, Long.MAX_VALUE);
  }

  @Test
  void turn_computesALongPromptInPiecesOfItsBudget() {
    DraftScheduler scheduler = new DraftScheduler(new BlockManager(40, BLOCK_SIZE), BUDGET, 120);
    Sequence target = new Sequence("long", 0, 0, tokens(60));
    Map<Sequence, Integer> wanted = Map.of(target, 3);
    SimulatedCache cells = new SimulatedCache(40, BLOCK_SIZE);

    assertThat(run(scheduler, cells, wanted)).containsExactly(24);
    assertThat(scheduler.guessed(target)).isEmpty();
    assertThat(run(scheduler, cells, wanted)).containsExactly(24);
    assertThat(run(scheduler, cells, wanted)).containsExactly(12, 1, 1);
    assertThat(scheduler.guessed(target)).hasSize(3);
  }

  @Test
  void turn_sharesItsStepsAndBeginnings() {
    BlockManager blocks = new BlockManager(40, BLOCK_SIZE, true);
    DraftScheduler scheduler = new DraftScheduler(blocks, BUDGET, 120);
    int[] prompt = tokens(17);
    Map<Sequence, Integer> wanted = new LinkedHashMap<>();
    IntStream.range(0, 3).forEach(i -> wanted.put(new Sequence("s", 0, i, prompt), 3));
    SimulatedCache cells = new SimulatedCache(40, BLOCK_SIZE);

    // The first one's prompt; then the second one's last token beside what the first has guessed.
    assertThat(run(scheduler, cells, wanted)).containsExactly(17, 2, 3, 2, 1);
    wanted.keySet().forEach(it -> goOn(it, List.of()));
    assertThat(run(scheduler, cells, wanted)).containsExactly(3, 3, 3);
  }

  @Test
  void sequencesPastThePositions_areLeftOut() {
    DraftScheduler scheduler = new DraftScheduler(new BlockManager(40, BLOCK_SIZE), BUDGET, 20);
    Sequence target = new Sequence("late", 0, 0, tokens(18));
    SimulatedCache cells = new SimulatedCache(40, BLOCK_SIZE);

    run(scheduler, cells, Map.of(target, 5));
    assertThat(scheduler.guessed(target)).hasSize(2);
    target.append(1);
    target.append(1);
    assertThat(run(scheduler, cells, Map.of(target, 5))).isEmpty();
  }

  /** A turn, and how many tokens its steps had. */
  private List<Integer> run(
      DraftScheduler scheduler, SimulatedCache cells, Map<Sequence, Integer> wanted) {
    List<Integer> steps = new ArrayList<>();
    scheduler.begin(wanted);
    for (StepPlan plan = scheduler.plan(); !plan.isEmpty(); plan = scheduler.plan()) {
      for (Slice slice : plan.slices()) {
        assertThat(wanted).containsKey(scheduler.target(slice.sequence()));
      }
      cells.run(plan);
      steps.add(plan.numTokens());
      scheduler.completed(plan, tokens(plan.sampled().size()));
    }
    return steps;
  }

  /** Accepts some of a guess, appends a token, and says how many were right. */
  private int goOn(Sequence target, List<Integer> guess) {
    int right = random.nextInt(guess.size() + 1);
    guess.subList(0, right).forEach(target::append);
    target.append(random.nextInt(ALPHABET));
    return right;
  }

  private Sequence sequence(int[] beginning) {
    int[] rest = tokens(1 + random.nextInt(10));
    int[] prompt = IntStream.concat(IntStream.of(beginning), IntStream.of(rest)).toArray();
    return new Sequence("s" + arrivals, 0, arrivals++, prompt);
  }

  private int[] tokens(int count) {
    return random.ints(count, 0, ALPHABET).toArray();
  }
}
