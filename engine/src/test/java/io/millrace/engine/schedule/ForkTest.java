package io.millrace.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForkTest {
  private static final int BLOCK_SIZE = 4;

  @Test
  void fork_sharesAllBlocksAndWritesIntoACopy() {
    BlockManager blocks = new BlockManager(10, BLOCK_SIZE);
    Scheduler scheduler = new Scheduler(blocks, 4, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence child = parent.fork("child", 1);
    parent.append(1);
    child.append(2);
    scheduler.fork(parent, child);

    assertThat(blocks.numFreeBlocks()).isEqualTo(8);
    assertThat(child.numBlocks()).isEqualTo(2);
    StepPlan plan = scheduler.schedule();

    assertThat(plan.copies()).containsExactly(new BlockCopy(1, 2));
    assertThat(parent.block(1)).isEqualTo(2);
    assertThat(child.block(1)).isEqualTo(1);
    assertThat(plan.numBlocksInUse()).isEqualTo(3);
    scheduler.completed(plan);
    scheduler.remove(parent);
    assertThat(blocks.owners(0)).isEqualTo(1);
    scheduler.remove(child);
    assertThat(blocks.numFreeBlocks()).isEqualTo(10);
  }

  @Test
  void fork_withoutATokenOfItsOwnComputesTheLastOneAgain() {
    Scheduler scheduler = new Scheduler(new BlockManager(10, BLOCK_SIZE), 4, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence child = parent.fork("child", 1);
    scheduler.fork(parent, child);
    parent.append(1);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.sampled()).containsExactly(parent, child);
    assertThat(plan.slices()).extracting(Slice::from).containsExactly(6, 5);
  }

  @Test
  void fork_waitsWhenTheLineIsFull() {
    Scheduler scheduler = new Scheduler(new BlockManager(10, BLOCK_SIZE), 1, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence child = parent.fork("child", 1);
    scheduler.fork(parent, child);

    assertThat(scheduler.numWaiting()).isEqualTo(1);
    assertThat(child.numComputedTokens()).isZero();
    scheduler.remove(parent);
    assertThat(scheduler.schedule().sampled()).containsExactly(child);
  }

  @Test
  void fork_refusesWhatWasNotForkedNow() {
    Scheduler scheduler = new Scheduler(new BlockManager(10, BLOCK_SIZE), 4, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence early = parent.fork("early", 1);
    parent.append(1);
    scheduler.completed(scheduler.schedule());

    assertThatThrownBy(() -> scheduler.fork(parent, early))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("early[6 of 6 tokens, 0 blocks] is no fork of s0[7 of 7 tokens, 2 blocks]");
    Sequence twin = parent.fork("twin", 0);
    assertThatThrownBy(() -> scheduler.fork(parent, twin))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has the arrival 0 of another sequence");
  }

  @Test
  void retriedStep_copiesAgain() {
    Scheduler scheduler = new Scheduler(new BlockManager(10, BLOCK_SIZE), 4, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence child = parent.fork("child", 1);
    scheduler.fork(parent, child);
    parent.append(1);
    StepPlan plan = scheduler.schedule();

    List<BlockCopy> alone =
        plan.slices().stream()
            .flatMap(slice -> new StepPlan(List.of(slice)).copies().stream())
            .toList();

    assertThat(alone).isEqualTo(plan.copies()).hasSize(1);
    scheduler.completed(plan);
    parent.append(1);
    assertThat(scheduler.schedule().copies()).as("no copy is made twice").isEmpty();
  }

  /** Or a retried step would copy what somebody else has written meanwhile. */
  @Test
  void copiedBlock_isNotHandedOutWithinTheStep() {
    BlockManager blocks = new BlockManager(3, BLOCK_SIZE);
    Scheduler scheduler = new Scheduler(blocks, 4, 16);
    Sequence parent = computed(scheduler, 0, 2);
    Sequence other = computed(scheduler, 1, 4);
    Sequence child = parent.fork("child", 2);
    scheduler.fork(parent, child);
    parent.append(1);
    other.append(1);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.copies()).containsExactly(new BlockCopy(0, 2));
    assertThat(plan.slices()).extracting(Slice::sequence).containsExactly(parent);
    assertThat(scheduler.numPreemptions()).isEqualTo(2);
    assertThat(blocks.numFreeBlocks()).isEqualTo(1);
    scheduler.completed(plan);
    assertThat(blocks.numFreeBlocks()).isEqualTo(2);
  }

  @Test
  void fork_thatFindsNoBlockIsPreempted() {
    Scheduler scheduler = new Scheduler(new BlockManager(2, BLOCK_SIZE), 4, 16);
    Sequence parent = computed(scheduler, 0, 6);
    Sequence child = parent.fork("child", 1);
    scheduler.fork(parent, child);
    parent.append(1);

    StepPlan plan = scheduler.schedule();

    assertThat(plan.copies()).isEmpty();
    assertThat(plan.sampled()).containsExactly(parent);
    assertThat(child.numBlocks()).isZero();
  }

  private static Sequence computed(Scheduler scheduler, long arrival, int promptTokens) {
    Sequence sequence = new Sequence("s" + arrival, 0, arrival, new int[promptTokens]);
    scheduler.add(sequence);
    scheduler.completed(scheduler.schedule());
    return sequence;
  }
}
