package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PrefixCacheTest {
  private static final int BLOCK_SIZE = 4;
  private final BlockManager blocks = new BlockManager(6, BLOCK_SIZE, true);
  private final Scheduler scheduler = new Scheduler(blocks, 4, 100);
  private long arrivals;

  @Test
  void sequence_beginsWithWhatAnEndedOneHasComputed() {
    run(sequence(0, 10));

    assertThat(blocks.numFreeBlocks()).as("nothing is in use").isEqualTo(6);
    scheduler.add(sequence(0, 10));

    assertThat(scheduler.schedule().slices()).extracting(Slice::from).containsExactly(9);
    assertThat(blocks.prefixCacheQueries()).isEqualTo(20);
    assertThat(blocks.prefixCacheHits()).isEqualTo(9);
  }

  @Test
  void blocks_areFoundWhileTheirOwnerRuns() {
    Sequence first = sequence(0, 10);
    scheduler.add(first);
    scheduler.completed(scheduler.schedule());
    first.append(1);
    scheduler.add(sequence(0, 10));
    scheduler.completed(scheduler.schedule());

    assertThat(blocks.owners(first.block(0))).isEqualTo(2);
    assertThat(blocks.numFreeBlocks()).as("two shared, one each").isEqualTo(2);
  }

  @Test
  void equalSequences_thatAreComputedAtOnceShareAfterwards() {
    scheduler.add(sequence(0, 10));
    scheduler.add(sequence(0, 10));
    StepPlan plan = scheduler.schedule();
    assertThat(blocks.numFreeBlocks()).isZero();

    scheduler.completed(plan);

    assertThat(blocks.numFreeBlocks()).isEqualTo(2);
  }

  @Test
  void lastToken_isAlwaysComputed() {
    run(sequence(0, 8));
    scheduler.add(sequence(0, 8));

    StepPlan plan = scheduler.schedule();

    assertThat(plan.slices()).extracting(Slice::from).containsExactly(7);
    assertThat(plan.copies()).containsExactly(new BlockCopy(1, 2));
    assertThat(plan.sampled()).hasSize(1);
    scheduler.completed(plan);
    assertThat(blocks.numFreeBlocks()).as("the copy is given back for its original").isEqualTo(4);
  }

  @Test
  void otherBeginning_isNotMistaken() {
    run(sequence(0, 10));
    run(sequence(4, 10));
    assertThat(blocks.prefixCacheHits()).as("tokens 4 to 7 without 0 to 3").isZero();
  }

  @Test
  void optOut_findsNothing() {
    run(sequence(0, 10));
    run(sequence(0, 10).withoutPrefixCache());
    assertThat(blocks.prefixCacheHits()).isZero();
    assertThat(blocks.prefixCacheQueries()).as("whoever opts out does not ask").isEqualTo(10);
  }

  @Test
  void unusedBlocks_areTakenBeforeCachedOnes_andLowOnesFirst() {
    Sequence first = sequence(0, 8);
    run(first);
    Sequence other = sequence(100, 12);
    scheduler.add(other);
    scheduler.schedule();
    assertThat(IntStream.range(0, 3).map(other::block)).containsExactly(2, 3, 4);
  }

  @Test
  void eviction_takesTheEndOfTheOldestTextFirst() {
    run(sequence(0, 8));
    run(sequence(100, 8));
    run(sequence(200, 12)); // two free blocks, and one that must go

    assertThat(blocks.cachedPrefix(sequence(0, 9)).numTokens()).isEqualTo(4);
    assertThat(blocks.cachedPrefix(sequence(100, 9)).numTokens()).isEqualTo(8);
  }

  @Test
  void preempted_findsItsOwnBlocksAgain() {
    Sequence sequence = sequence(0, 10);
    scheduler.add(sequence);
    scheduler.completed(scheduler.schedule());
    sequence.append(1);
    scheduler.preempt(sequence);

    StepPlan plan = scheduler.schedule();
    assertThat(plan.slices()).extracting(Slice::from).containsExactly(10);
    assertThat(plan.copies()).as("it goes on where it was").isEmpty();
    assertThat(blocks.prefixCacheQueries()).as("of newcomers only").isEqualTo(10);
    assertThat(blocks.prefixCacheHits()).isZero();
  }

  @Test
  void withoutTheCache_nothingIsKept() {
    Scheduler plain = new Scheduler(new BlockManager(6, BLOCK_SIZE), 4, 100);
    for (int i = 0; i < 2; i++) {
      Sequence sequence = sequence(0, 10);
      plain.add(sequence);
      StepPlan plan = plain.schedule();
      assertThat(plan.slices()).extracting(Slice::from).containsExactly(0);
      plain.completed(plan);
      plain.remove(sequence);
    }
  }

  private void run(Sequence sequence) {
    scheduler.add(sequence);
    scheduler.completed(scheduler.schedule());
    scheduler.remove(sequence);
  }

  /** A prompt of consecutive token ids. */
  private Sequence sequence(int firstToken, int length) {
    int[] prompt = IntStream.range(firstToken, firstToken + length).toArray();
    return new Sequence("s" + arrivals, 0, arrivals++, prompt);
  }
}
