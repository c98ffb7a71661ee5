package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Beginnings that end within a block. */
final class SharedPartTest {
  private static final int BLOCK_SIZE = 64;
  private static final int SHARED = 40;

  private final BlockManager blocks = new BlockManager(32, BLOCK_SIZE, true);
  private final Scheduler scheduler = new Scheduler(blocks, 32, 2048);
  private long arrivals;

  @Test
  void shortRequests_withOneBeginningShareIt() {
    int requests = 60;
    for (int i = 0; i < requests; i++) {
      answer(prompt(SHARED, 1000 + i, 18), 4);
    }
    assertThat(blocks.prefixCacheQueries()).isEqualTo(requests * 58L);
    assertThat(blocks.prefixCacheHits()).isEqualTo((requests - 1L) * SHARED);
    assertThat(blocks.numFreeBlocks()).isEqualTo(32);
  }

  @Test
  void beginning_isSharedWhileItsBlockIsWritten() {
    Sequence first = begin(prompt(SHARED, 1000, 10));
    first.append(1);
    Sequence second = new Sequence("second", 0, arrivals++, prompt(SHARED, 2000, 10));
    scheduler.add(second);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.copies()).containsExactly(new BlockCopy(first.block(0), second.block(0)));
    assertThat(plan.slices()).extracting(Slice::from).containsExactly(50, 40);
    scheduler.remove(first);
    assertThat(blocks.numFreeBlocks()).as("what is copied stays until then").isEqualTo(30);
    scheduler.completed(plan);
    assertThat(blocks.numFreeBlocks()).isEqualTo(31);
  }

  @Test
  void beginning_ofAFullBlockIsShared() {
    answer(prompt(100, 1000, 30), 1);
    Sequence other = new Sequence("other", 0, arrivals++, prompt(100, 2000, 30));
    scheduler.add(other);
    StepPlan plan = scheduler.schedule();
    assertThat(plan.slices()).extracting(Slice::from).containsExactly(100);
    assertThat(plan.copies()).hasSize(1);
  }

  @Test
  void nextTurn_writesOnWhereTheLastOneEnded() {
    answer(prompt(SHARED, 1000, 5), 3);
    int[] next =
        IntStream.concat(IntStream.of(prompt(SHARED, 1000, 5)), IntStream.of(0, 1, 9, 9)).toArray();
    scheduler.add(new Sequence("next", 0, arrivals++, next));

    StepPlan plan = scheduler.schedule();

    assertThat(plan.slices()).extracting(Slice::from).containsExactly(47);
    assertThat(plan.copies()).isEmpty();
  }

  @Test
  void longestBeginning_isFoundAmongMany() {
    for (int shared : new int[] {12, 33, 21, 39}) {
      answer(prompt(shared, 1000 * shared, 50 - shared), 1);
    }
    assertThat(blocks.cachedPrefix(sequence(prompt(36, 9000, 4))).numTokens()).isEqualTo(36);
    assertThat(blocks.cachedPrefix(sequence(prompt(30, 9000, 4))).numTokens()).isEqualTo(30);
    assertThat(blocks.cachedPrefix(sequence(prompt(10, 9000, 4))).numTokens()).isEqualTo(10);
    assertThat(blocks.cachedPrefix(sequence(prompt(7, 9000, 4))).numTokens())
        .as("not worth a copy")
        .isZero();
  }

  @Test
  void parts_takeFewBlocksOfThoseThatAreFree() {
    for (int i = 0; i < 100; i++) {
      answer(prompt(0, 1000 * i, 50), 1);
    }
    Sequence next = begin(prompt(0, 1, 200));
    assertThat(IntStream.range(0, 4).map(next::block)).allMatch(block -> block < 9);
  }

  @Test
  void part_thatAnotherOneCoversIsNotKept() {
    Sequence longer = begin(prompt(SHARED, 1000, 20));
    Sequence shorter = begin(prompt(SHARED, 1000, 10));
    int block = shorter.block(0);
    scheduler.remove(shorter);
    scheduler.remove(longer);
    assertThat(begin(prompt(0, 5000, 10)).block(0)).isEqualTo(block);
  }

  @Test
  void sequence_thatNeedsAllBlocksIsAdmittedWithoutACopy() {
    answer(prompt(SHARED, 1000, 10), 1);
    scheduler.add(sequence(prompt(SHARED, 2000, 32 * BLOCK_SIZE - SHARED)));

    StepPlan plan = scheduler.schedule();

    assertThat(plan.slices()).extracting(Slice::from).containsExactly(0);
    assertThat(plan.numTokens()).isEqualTo(2048);
  }

  /** Its block holds what was there before. */
  @Test
  void part_thatWasNotCopiedYetIsNotKept() {
    Sequence first = begin(prompt(SHARED, 1000, 10));
    Sequence second = sequence(prompt(SHARED, 2000, 10));
    scheduler.add(second);
    scheduler.schedule();
    int block = second.block(0);
    scheduler.remove(second);
    assertThat(blocks.cache().at(block)).isNull();
    assertThat(blocks.numFreeBlocks()).isEqualTo(31);
    scheduler.remove(first);
    assertThat(blocks.numFreeBlocks()).isEqualTo(32);
  }

  private Sequence begin(int[] prompt) {
    Sequence sequence = sequence(prompt);
    scheduler.add(sequence);
    scheduler.completed(scheduler.schedule());
    return sequence;
  }

  /** Answers with 0, 1, 2 and so on. */
  private void answer(int[] prompt, int tokens) {
    Sequence sequence = begin(prompt);
    for (int i = 0; i < tokens; i++) {
      sequence.append(i);
      if (i < tokens - 1) {
        scheduler.completed(scheduler.schedule());
      }
    }
    scheduler.remove(sequence);
  }

  private Sequence sequence(int[] prompt) {
    return new Sequence("s" + arrivals, 0, arrivals++, prompt);
  }

  /** A prompt that begins as the others do, and goes on from another token. */
  private static int[] prompt(int shared, int from, int rest) {
    return IntStream.concat(IntStream.range(0, shared), IntStream.range(from, from + rest))
        .toArray();
  }
}
