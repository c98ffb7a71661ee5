package io.millrace.worker.schedule;

import io.millrace.worker.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Hands out each step's token budget so that every sequence's computed tokens catch up with its
 * known tokens. Long prompts are cut into chunks by the budget and share the step with sequences
 * that lack one token only (Sarathi-Serve, arXiv:2403.02310). Priority, then arrival, decides who
 * is served; when blocks run out, the last in that order is preempted and computed again later.
 */
public final class Scheduler {
  private static final Comparator<Sequence> ORDER =
      Comparator.comparingInt(Sequence::priority).thenComparingLong(Sequence::arrival);

  private final BlockManager blocks;
  private final int maxNumSequences;
  private final int maxNumBatchedTokens;
  private final TreeSet<Sequence> running = new TreeSet<>(ORDER);
  private final TreeSet<Sequence> waiting = new TreeSet<>(ORDER);
  private long numPreemptions;

  /**
   * @param maxNumSequences sequences in a step
   * @param maxNumBatchedTokens tokens in a step; at least {@code maxNumSequences}, so that nobody
   *     who lacks one token ever has to sit out
   */
  public Scheduler(BlockManager blocks, int maxNumSequences, int maxNumBatchedTokens) {
    if (maxNumSequences < 1 || maxNumBatchedTokens < maxNumSequences) {
      throw new IllegalArgumentException(
          "%d sequences, %d tokens".formatted(maxNumSequences, maxNumBatchedTokens));
    }
    this.blocks = blocks;
    this.maxNumSequences = maxNumSequences;
    this.maxNumBatchedTokens = maxNumBatchedTokens;
  }

  public int numRunning() {
    return running.size();
  }

  public int numWaiting() {
    return waiting.size();
  }

  public long numPreemptions() {
    return numPreemptions;
  }

  public boolean hasWork() {
    return !running.isEmpty() || !waiting.isEmpty();
  }

  /** Lets a sequence take part; it must fit into the cache on its own. */
  public void add(Sequence sequence) {
    if (sequence.numTokens() > blocks.capacity()) {
      throw new IllegalArgumentException(sequence + " exceeds the cache of " + blocks.capacity());
    }
    waiting.add(sequence);
  }

  /** Ends a sequence's part and takes its blocks back; does nothing for one that has none. */
  public void remove(Sequence sequence) {
    if (running.remove(sequence) || waiting.remove(sequence)) {
      blocks.release(sequence);
    }
  }

  /** Plans a step; empty only when there is no work. */
  public StepPlan schedule() {
    List<Slice> slices = new ArrayList<>();
    int budget = maxNumBatchedTokens;
    long preemptionsBefore = numPreemptions;
    for (Sequence sequence : List.copyOf(running)) {
      if (!running.contains(sequence)) {
        continue; // preempted meanwhile
      }
      // What is left must do for one token of everybody behind.
      int reserved = running.tailSet(sequence, false).size();
      int count = Math.min(behind(sequence), Math.max(1, budget - reserved));
      if (!makeRoom(sequence, sequence.numComputedTokens() + count)) {
        continue;
      }
      slices.add(Slice.next(sequence, count));
      budget -= count;
    }
    if (numPreemptions == preemptionsBefore) {
      admit(slices, budget);
    }
    return new StepPlan(slices);
  }

  /** Notes that a planned step was computed. */
  public void completed(StepPlan plan) {
    for (Slice slice : plan.slices()) {
      slice.sequence().advance(slice.count());
    }
  }

  private void admit(List<Slice> slices, int budget) {
    while (budget > 0 && running.size() < maxNumSequences && !waiting.isEmpty()) {
      Sequence sequence = waiting.first();
      int count = Math.min(behind(sequence), budget);
      // A preempted one stays out until all that it had fits again, or it would thrash.
      int wanted = sequence.numOutputTokens() > 0 ? sequence.numTokens() : count;
      if (!blocks.canAllocate(blocks.missing(sequence, wanted))) {
        return;
      }
      waiting.remove(sequence);
      running.add(sequence);
      blocks.allocate(sequence, count);
      slices.add(Slice.next(sequence, count));
      budget -= count;
    }
  }

  /** Preempts from the end of the line until the sequence has its blocks or is preempted itself. */
  private boolean makeRoom(Sequence sequence, int numTokens) {
    while (!blocks.canAllocate(blocks.missing(sequence, numTokens))) {
      Sequence last = running.last();
      preempt(last);
      if (last == sequence) {
        return false;
      }
    }
    blocks.allocate(sequence, numTokens);
    return true;
  }

  private void preempt(Sequence sequence) {
    running.remove(sequence);
    blocks.release(sequence);
    sequence.restart();
    waiting.add(sequence);
    numPreemptions++;
  }

  private static int behind(Sequence sequence) {
    return sequence.numTokens() - sequence.numComputedTokens();
  }
}
