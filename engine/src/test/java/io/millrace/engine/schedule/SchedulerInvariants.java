package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What must hold at every step, whatever happened before. */
final class SchedulerInvariants {
  private final BlockManager blocks;
  private final Policy policy;

  SchedulerInvariants(BlockManager blocks, Policy policy) {
    this.blocks = blocks;
    this.policy = policy;
  }

  /**
   * After a step is planned and before it is computed.
   *
   * @param decoding who lacked one token of an answer before
   */
  void assertPlan(StepPlan plan, Set<Sequence> decoding) {
    assertThat(plan.numTokens()).isLessThanOrEqualTo(policy.maxNumBatchedTokens());
    assertThat(plan.slices()).hasSizeLessThanOrEqualTo(policy.maxNumSequences());
    Set<Sequence> planned = new HashSet<>();
    for (Slice slice : plan.slices()) {
      assertThat(planned.add(slice.sequence())).as("one slice a sequence").isTrue();
      assertThat(slice.count()).isBetween(1, policy.maxChunk());
      assertThat(slice.from()).isEqualTo(slice.sequence().numComputedTokens());
      assertThat(slice.sequence().numBlocks() * blocks.blockSize())
          .isGreaterThanOrEqualTo(slice.end());
      assertWritesAlone(slice);
    }
    if (policy.prefillRatio() != null) {
      assertThat(
              plan.slices().stream().map(slice -> decoding.contains(slice.sequence())).distinct())
          .as("prompts or answers")
          .hasSizeLessThanOrEqualTo(1);
    }
    for (BlockCopy copy : plan.copies()) {
      assertThat(blocks.owners(copy.to())).as("owners of a copy").isEqualTo(1);
      assertThat(copy.to()).isLessThan(plan.numBlocksInUse());
    }
  }

  private void assertWritesAlone(Slice slice) {
    for (int position = slice.from(); position < slice.end(); position++) {
      int block = slice.sequence().blockOf(position, blocks.blockSize());
      assertThat(blocks.isShared(block, position % blocks.blockSize()))
          .as("%s writes block %d", slice, block)
          .isFalse();
    }
  }

  /** Between steps. */
  void assertBlocks(Collection<Sequence> all) {
    int[] owners = new int[blocks.numBlocks()];
    for (Sequence sequence : all) {
      for (int i = 0; i < sequence.numBlocks(); i++) {
        owners[sequence.block(i)]++;
      }
      assertCached(sequence);
    }
    int used = 0;
    for (int block = 0; block < owners.length; block++) {
      assertThat(blocks.owners(block)).as("owners of block %d", block).isEqualTo(owners[block]);
      used += owners[block] > 0 ? 1 : 0;
      assertHasItsBeginning(blocks.cache().at(block));
    }
    assertThat(blocks.numFreeBlocks()).as("no block is lost").isEqualTo(owners.length - used);
  }

  /** All full blocks can be found, and hold what the sequence says. */
  private void assertCached(Sequence sequence) {
    int size = blocks.blockSize();
    CachedBlock before = null;
    for (int i = 0; i < sequence.numComputedTokens() / size; i++) {
      CachedBlock block = blocks.cache().at(sequence.block(i));
      assertThat(block).as("block %d of %s", i, sequence).isNotNull();
      assertThat(block.tokens()).isEqualTo(sequence.tokens(i * size, (i + 1) * size));
      assertThat(block.before()).isSameAs(before);
      before = block;
    }
  }

  /** The end of a text is forgotten before its beginning, and nothing follows a part. */
  private void assertHasItsBeginning(CachedBlock block) {
    if (block != null && block.before() != null) {
      assertThat(blocks.cache().at(block.before().block())).isSameAs(block.before());
      assertThat(block.before().numTokens()).isEqualTo(blocks.blockSize());
    }
  }
}
