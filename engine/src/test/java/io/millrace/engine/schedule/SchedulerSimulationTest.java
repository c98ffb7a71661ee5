package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A long random run in which sequences come, find cached blocks, grow, fork, fail, are cancelled
 * and end. {@code -Dmillrace.simulation.seed=N} runs another one.
 */
final class SchedulerSimulationTest {
  private static final int STEPS = 5_000;
  private static final int NUM_BLOCKS = 40;
  private static final int BLOCK_SIZE = 4;
  private static final int ALPHABET = 3;
  private static final Policy MIXED = Policy.mixed(8, 24);

  private final BlockManager blocks = new BlockManager(NUM_BLOCKS, BLOCK_SIZE, true);
  private final SimulatedCache cells = new SimulatedCache(NUM_BLOCKS, BLOCK_SIZE);

  /** Who has not ended, and after how many tokens they will. */
  private final Map<Sequence, Integer> goals = new LinkedHashMap<>();

  private Scheduler scheduler = new Scheduler(blocks, MIXED);
  private SchedulerInvariants invariants = new SchedulerInvariants(blocks, MIXED);
  private Random random = new Random(0);
  private List<int[]> beginnings = List.of();
  private long arrivals;
  private int ended;
  private int copies;
  private int failures;
  private int proposed;
  private int accepted;
  private TokenProposer proposer = TokenProposer.NONE;

  private static Stream<Arguments> runs() {
    Long chosen = Long.getLong("millrace.simulation.seed");
    return (chosen == null ? Stream.of(1L, 20261123L, 987654321L) : Stream.of(chosen))
        .flatMap(
            seed ->
                Stream.of(
                        Named.of("mixed", MIXED),
                        Named.of("chunks of 5", MIXED.withMaxChunk(5)),
                        Named.of("ratio 0.2", MIXED.withPrefillRatio(0.2)),
                        Named.of("ratio 1.2", MIXED.withPrefillRatio(1.2)))
                    .flatMap(
                        policy ->
                            Stream.of(false, true)
                                .map(speculates -> Arguments.of(seed, policy, speculates))));
  }

  @ParameterizedTest(name = "seed {0}, {1}, proposals {2}")
  @MethodSource("runs")
  void schedule_keepsItsPromises(long seed, Policy policy, boolean speculates) {
    proposer = speculates ? this::propose : TokenProposer.NONE;
    scheduler = new Scheduler(blocks, policy);
    invariants = new SchedulerInvariants(blocks, policy);
    random = new Random(seed);
    beginnings = Stream.generate(() -> tokens(1 + random.nextInt(40))).limit(6).toList();
    for (int step = 0; step < STEPS; step++) {
      disturb();
      step();
    }
    // Nobody starves: without newcomers, everybody ends within a bounded number of steps.
    for (int left = 0; scheduler.hasWork(); left++) {
      assertThat(left).as("steps to finish the rest").isLessThan(STEPS);
      step();
    }
    System.out.println("seed " + seed + ": " + this);
    assertThat(goals).isEmpty();
    assertThat(blocks.numFreeBlocks()).isEqualTo(NUM_BLOCKS);
    assertThat(List.of(ended, copies, failures))
        .as("ended, copies, failures")
        .allMatch(count -> count > 100);
    assertThat(accepted).isBetween(speculates ? 100 : 0, speculates ? proposed / 2 : 0);
    assertThat(scheduler.numPreemptions()).isGreaterThan(100);
    assertThat(blocks.prefixCacheHits()).isBetween(1000L, blocks.prefixCacheQueries());
  }

  @Override
  public String toString() {
    return ("%d ended, %d preemptions, %d copies, %d failures, %d of %d tokens were cached, %d of %d"
            + " proposed ones accepted")
        .formatted(
            ended,
            scheduler.numPreemptions(),
            copies,
            failures,
            blocks.prefixCacheHits(),
            blocks.prefixCacheQueries(),
            accepted,
            proposed);
  }

  private List<List<Integer>> propose(List<Sequence> sequences, int most, int sharing) {
    return sequences.stream().map(sequence -> propose(sequence, most)).toList();
  }

  private List<Integer> propose(Sequence sequence, int most) {
    int left = goals.get(sequence) - sequence.numOutputTokens() - 1;
    int count = random.nextInt(Math.min(Math.min(most, 9), left) + 1);
    return random.ints(count, 0, ALPHABET).boxed().toList();
  }

  private void disturb() {
    if (random.nextInt(100) < 10) {
      arrive();
    }
    if (random.nextInt(100) < 2) {
      any(goals.keySet()).ifPresent(this::end);
    }
    if (random.nextInt(100) < 4) {
      any(running()).ifPresent(this::fork);
    }
    if (random.nextInt(100) < 1) {
      any(goals.keySet()).ifPresent(this::fork);
    }
    if (random.nextInt(100) < 2) {
      any(running()).ifPresent(scheduler::preempt);
    }
  }

  private void arrive() {
    int[] beginning = beginnings.get(random.nextInt(beginnings.size()));
    int[] rest = tokens(1 + random.nextInt(20));
    int[] prompt = IntStream.concat(IntStream.of(beginning), IntStream.of(rest)).toArray();
    Sequence sequence = new Sequence("s" + arrivals, random.nextInt(3), arrivals++, prompt);
    if (random.nextInt(10) == 0) {
      sequence.withoutPrefixCache();
    }
    goals.put(sequence, 1 + random.nextInt(60));
    scheduler.add(sequence);
  }

  /** Half of the forks have a token of their own, the others compute the last one again. */
  private void fork(Sequence parent) {
    Sequence child = parent.fork("s" + arrivals, arrivals++);
    int goal = goals.get(parent);
    if (random.nextBoolean() && child.numOutputTokens() + 1 < goal) {
      child.append(random.nextInt(ALPHABET));
    }
    goals.put(child, goal);
    scheduler.fork(parent, child);
  }

  private void end(Sequence sequence) {
    scheduler.remove(sequence);
    assertThat(sequence.numBlocks()).isZero();
    goals.remove(sequence);
    ended++;
  }

  private void step() {
    Set<Sequence> decoding =
        goals.keySet().stream().filter(Sequence::isDecoding).collect(Collectors.toSet());
    StepPlan plan = scheduler.schedule(proposer);
    assertThat(plan.isEmpty()).isEqualTo(!scheduler.hasWork());
    invariants.assertPlan(plan, decoding);
    copies += plan.copies().size();
    if (plan.slices().size() > 1 && random.nextInt(30) == 0) {
      fail(plan);
    } else {
      cells.run(plan);
      settle(plan);
    }
    invariants.assertBlocks(goals.keySet());
  }

  /** What the engine does when a step fails: each sequence again on its own, and one ends. */
  private void fail(StepPlan plan) {
    failures++;
    cells.copy(plan.copies());
    plan.slices().stream().filter(slice -> random.nextBoolean()).forEach(cells::compute);
    Slice bad = plan.slices().get(random.nextInt(plan.slices().size()));
    for (Slice slice : plan.slices()) {
      if (slice == bad) {
        end(slice.sequence());
      } else {
        StepPlan alone = new StepPlan(List.of(slice));
        cells.run(alone);
        settle(alone);
      }
    }
  }

  private void settle(StepPlan plan) {
    scheduler.completed(plan);
    plan.slices().stream().filter(Slice::reachesEnd).forEach(this::settle);
  }

  private void settle(Slice slice) {
    proposed += slice.proposed().size();
    if (!append(slice.sequence())) {
      return;
    }
    for (int token : slice.proposed()) {
      if (slice.sequence().token(slice.sequence().numTokens() - 1) != token) {
        return;
      }
      accepted++;
      scheduler.accepted(slice.sequence());
      if (!append(slice.sequence())) {
        return;
      }
    }
  }

  /** Appends a token, and says whether the sequence goes on. */
  private boolean append(Sequence sequence) {
    sequence.append(random.nextInt(ALPHABET));
    boolean over = sequence.numOutputTokens() >= goals.get(sequence);
    if (over) {
      end(sequence);
    }
    return !over;
  }

  private List<Sequence> running() {
    return goals.keySet().stream().filter(sequence -> sequence.numBlocks() > 0).toList();
  }

  private Optional<Sequence> any(Collection<Sequence> some) {
    return some.stream().skip(random.nextInt(Math.max(1, some.size()))).findFirst();
  }

  private int[] tokens(int count) {
    return random.ints(count, 0, ALPHABET).toArray();
  }
}
