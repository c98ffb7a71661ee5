package io.millrace.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.worker.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A long random run in which sequences come, grow, are cancelled and end. */
final class SchedulerSimulationTest {
  private static final int STEPS = 10_000;
  private static final int NUM_BLOCKS = 40;
  private static final int BLOCK_SIZE = 4;
  private static final int MAX_SEQUENCES = 8;
  private static final int MAX_TOKENS = 24;

  private final BlockManager blocks = new BlockManager(NUM_BLOCKS, BLOCK_SIZE);
  private final Scheduler scheduler = new Scheduler(blocks, MAX_SEQUENCES, MAX_TOKENS);
  private final Map<Sequence, Integer> goals = new HashMap<>();
  private long arrivals;
  private int ended;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20261123, 987654321})
  void schedule_keepsItsPromises(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(100) < 12) {
        arrive(random);
      }
      if (random.nextInt(100) < 2) {
        goals.keySet().stream().findAny().ifPresent(this::end);
      }
      step();
    }
    // Nobody starves: without newcomers, everybody ends within a bounded number of steps.
    int left = 0;
    while (scheduler.hasWork()) {
      step();
      assertThat(left++).as("steps to finish the rest").isLessThan(STEPS);
    }
    assertThat(goals).isEmpty();
    assertThat(ended).isGreaterThan(500);
    assertThat(scheduler.numPreemptions()).isPositive();
    assertThat(blocks.numFreeBlocks()).isEqualTo(NUM_BLOCKS);
  }

  private void arrive(Random random) {
    int goal = 1 + random.nextInt(60);
    Sequence sequence =
        new Sequence(
            "s" + arrivals, random.nextInt(3), arrivals++, new int[1 + random.nextInt(60)]);
    goals.put(sequence, goal);
    scheduler.add(sequence);
  }

  private void step() {
    StepPlan plan = scheduler.schedule();
    assertThat(plan.isEmpty()).isEqualTo(!scheduler.hasWork());
    assertPromises(plan);
    scheduler.completed(plan);
    for (Sequence sequence : plan.sampled()) {
      sequence.append(7);
      if (sequence.numOutputTokens() >= goals.get(sequence)) {
        end(sequence);
      }
    }
  }

  private void end(Sequence sequence) {
    scheduler.remove(sequence);
    assertThat(sequence.numBlocks()).isZero();
    goals.remove(sequence);
    ended++;
  }

  private void assertPromises(StepPlan plan) {
    assertThat(plan.numTokens()).isLessThanOrEqualTo(MAX_TOKENS);
    assertThat(plan.slices()).hasSizeLessThanOrEqualTo(MAX_SEQUENCES);
    Set<Sequence> planned = new HashSet<>();
    for (Slice slice : plan.slices()) {
      assertThat(planned.add(slice.sequence())).as("one slice a sequence").isTrue();
      assertThat(slice.from()).isEqualTo(slice.sequence().numComputedTokens());
      assertThat(slice.sequence().numBlocks() * BLOCK_SIZE).isGreaterThanOrEqualTo(slice.end());
    }
    List<Integer> owned = new ArrayList<>();
    for (Sequence sequence : goals.keySet()) {
      for (int i = 0; i < sequence.numBlocks(); i++) {
        owned.add(sequence.block(i));
      }
    }
    assertThat(owned).as("no block has two owners").doesNotHaveDuplicates();
    assertThat(owned.size() + blocks.numFreeBlocks()).as("no block is lost").isEqualTo(NUM_BLOCKS);
  }
}
