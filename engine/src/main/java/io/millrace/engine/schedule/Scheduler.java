package io.millrace.engine.schedule;

import io.millrace.engine.schedule.Policy.Phase;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The scheduler hands out each step's token budget so that every sequence's computed tokens catch
 * up with its known tokens. Long prompts are cut into chunks by the budget and share the step with
 * sequences that lack one token only (Sarathi-Serve, arXiv:2403.02310), unless the {@link Policy}
 * keeps them apart. Priority, then arrival, decides who is served; when blocks run out, the last in
 * that order is preempted and computed again later. So are those with a lower priority than one
 * that waits and finds no room.
 */
public final class Scheduler {
  private static final Comparator<Sequence> ORDER =
      Comparator.comparingLong(Sequence::priority).thenComparingLong(Sequence::arrival);

  private final BlockManager blocks;
  private final Policy policy;
  private final TreeSet<Sequence> running = new TreeSet<>(ORDER);
  private final TreeSet<Sequence> waiting = new TreeSet<>(ORDER);
  private long numPreemptions;
  private int prefillsInARow;

  /** A scheduler whose steps are shared by prompts and answers, see {@link Policy#mixed}. */
  public Scheduler(BlockManager blocks, int maxNumSequences, int maxNumBatchedTokens) {
    this(blocks, Policy.mixed(maxNumSequences, maxNumBatchedTokens));
  }

  public Scheduler(BlockManager blocks, Policy policy) {
    this.blocks = blocks;
    this.policy = policy;
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

  /** Adds a sequence, which must fit into the cache on its own. */
  public void add(Sequence sequence) {
    if (sequence.numTokens() > blocks.capacity()) {
      throw new IllegalArgumentException(sequence + " exceeds the cache of " + blocks.capacity());
    }
    enter(waiting, sequence);
  }

  /**
   * Adds a sequence that was made by {@link Sequence#fork} and may have got a token of its own
   * since; between steps only. It shares its parent's blocks. One that has no token to compute
   * computes its last one again, because no logits are kept.
   *
   * <p>If its parent does not run or the line is full, it waits like any other sequence.
   */
  public void fork(Sequence parent, Sequence child) {
    if (!running.contains(parent) || running.size() >= policy.maxNumSequences()) {
      child.restart();
      add(child);
      return;
    }
    if (child.numComputedTokens() != parent.numComputedTokens()) {
      throw new IllegalArgumentException("%s is no fork of %s".formatted(child, parent));
    }
    enter(running, child);
    child.ensureBehind();
    child.markAdmitted();
    blocks.share(parent, child);
  }

  /** Removes a sequence and takes its blocks back; does nothing for one that is not there. */
  public void remove(Sequence sequence) {
    if (running.remove(sequence) || waiting.remove(sequence)) {
      blocks.release(sequence);
    }
  }

  /** Plans a step without proposed tokens; empty only when there is no work. */
  public StepPlan schedule() {
    return schedule(TokenProposer.NONE);
  }

  /**
   * Plans a step; empty only when there is no work. Proposed tokens get what is left of the budget
   * and of the free blocks when all others have theirs.
   */
  public StepPlan schedule(TokenProposer proposer) {
    running.forEach(blocks::trim);
    makeRoomForFirst();
    int decoding = (int) running.stream().filter(Sequence::isDecoding).count();
    int places = policy.maxNumSequences() - running.size();
    int prefilling = running.size() - decoding + Math.min(waiting.size(), places);
    Phase phase = policy.phase(prefilling, decoding, prefillsInARow);
    List<Slice> slices = slices(phase);
    if (slices.isEmpty() && phase != Phase.MIXED) {
      // There was no room for the sequences of this phase.
      phase = phase == Phase.PREFILL ? Phase.DECODE : Phase.PREFILL;
      slices = slices(phase);
    }
    prefillsInARow = phase == Phase.PREFILL ? prefillsInARow + 1 : 0;
    return new StepPlan(withProposals(slices, proposer));
  }

  private List<Slice> withProposals(List<Slice> slices, TokenProposer proposer) {
    int budget = policy.maxNumBatchedTokens() - slices.stream().mapToInt(Slice::count).sum();
    int most = Math.min(budget, policy.maxChunk() - 1);
    List<Sequence> decoding =
        slices.stream().map(Slice::sequence).filter(Sequence::isDecoding).toList();
    if (most < 1 || decoding.isEmpty()) {
      return slices;
    }
    Iterator<List<Integer>> all = proposer.propose(decoding, most, slices.size()).iterator();
    List<Slice> planned = new ArrayList<>(slices.size());
    for (Slice slice : slices) {
      Slice longer = slice;
      if (slice.sequence().isDecoding()) {
        List<Integer> proposed = all.next();
        longer = withProposal(slice, proposed.subList(0, Math.min(budget, proposed.size())));
        budget -= longer.proposed().size();
      }
      planned.add(longer);
    }
    return planned;
  }

  /** Nobody loses a block for a guess: where none is free, as many are taken as have room. */
  private Slice withProposal(Slice slice, List<Integer> proposed) {
    Sequence sequence = slice.sequence();
    int end = slice.end() + proposed.size();
    if (blocks.canAllocate(blocks.missing(sequence, end))) {
      blocks.allocate(sequence, end);
      return slice.with(proposed);
    }
    int room = sequence.numBlocks() * blocks.blockSize() - slice.end();
    return slice.with(proposed.subList(0, Math.min(room, proposed.size())));
  }

  /** Notes that a planned step was computed, its proposed tokens left out. */
  public void completed(StepPlan plan) {
    for (Slice slice : plan.slices()) {
      advance(slice.sequence(), slice.numKnown());
    }
  }

  /**
   * Notes that a sequence's next token, which it has by now, is the one that was computed as
   * proposed.
   */
  public void accepted(Sequence sequence) {
    advance(sequence, 1);
  }

  private void advance(Sequence sequence, int count) {
    if (running.contains(sequence)) {
      int from = sequence.numComputedTokens();
      sequence.advance(count);
      blocks.completed(sequence, from);
    }
  }

  /**
   * Takes the blocks of a running sequence for others, so that it is computed again later; between
   * steps only. Does nothing for one that does not run.
   */
  public void preempt(Sequence sequence) {
    if (running.remove(sequence)) {
      blocks.release(sequence);
      sequence.restart();
      waiting.add(sequence);
      numPreemptions++;
    }
  }

  /** Preempts from the end of the line while those are less urgent than the first that waits. */
  private void makeRoomForFirst() {
    while (!waiting.isEmpty()
        && !running.isEmpty()
        && waiting.first().priority() < running.last().priority()
        && !fits(waiting.first())) {
      preempt(running.last());
    }
  }

  private boolean fits(Sequence sequence) {
    CachedPrefix prefix = blocks.cachedPrefix(sequence).withoutCopy(blocks.blockSize());
    return running.size() < policy.maxNumSequences()
        && canAdmit(sequence, prefix, policy.maxNumBatchedTokens());
  }

  private List<Slice> slices(Phase phase) {
    List<Slice> slices = new ArrayList<>();
    List<Sequence> line = running.stream().filter(phase::takes).toList();
    int budget = policy.maxNumBatchedTokens();
    long preemptionsBefore = numPreemptions;
    for (int i = 0; i < line.size(); i++) {
      Sequence sequence = line.get(i);
      if (!running.contains(sequence)) {
        continue; // preempted meanwhile
      }
      // What is left must do for one token of every sequence behind.
      int reserved = line.size() - i - 1;
      int count = Math.min(chunk(sequence), Math.max(1, budget - reserved));
      if (!makeRoom(sequence, sequence.numComputedTokens() + count)) {
        continue;
      }
      slices.add(Slice.next(sequence, count));
      budget -= count;
    }
    if (phase.takesNewcomers() && numPreemptions == preemptionsBefore) {
      admit(slices, budget);
    }
    return slices;
  }

  private void admit(List<Slice> slices, int budget) {
    while (budget > 0 && running.size() < policy.maxNumSequences() && !waiting.isEmpty()) {
      Sequence sequence = waiting.first();
      CachedPrefix prefix = blocks.cachedPrefix(sequence);
      if (!canAdmit(sequence, prefix, budget)) {
        // To copy takes one block more than to compute, and that may be one too many.
        prefix = prefix.withoutCopy(blocks.blockSize());
        if (!canAdmit(sequence, prefix, budget)) {
          return;
        }
      }
      waiting.remove(sequence);
      running.add(sequence);
      blocks.admit(sequence, prefix);
      int count = Math.min(chunk(sequence), budget);
      blocks.allocate(sequence, sequence.numComputedTokens() + count);
      slices.add(Slice.next(sequence, count));
      budget -= count;
    }
  }

  private boolean canAdmit(Sequence sequence, CachedPrefix prefix, int budget) {
    int left = sequence.numTokens() - prefix.numTokens();
    int chunk = Math.min(policy.maxChunk(), Math.min(left, budget));
    // A preempted one stays out until all that it had fits again, or it would thrash.
    boolean whole = sequence.numOutputTokens() > 0;
    return blocks.canAdmit(prefix, whole ? sequence.numTokens() : prefix.numTokens() + chunk);
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

  private int chunk(Sequence sequence) {
    return Math.min(policy.maxChunk(), sequence.behind());
  }

  private static void enter(Set<Sequence> line, Sequence sequence) {
    if (!line.add(sequence)) {
      throw new IllegalArgumentException(
          "%s has the arrival %d of another sequence".formatted(sequence, sequence.arrival()));
    }
  }
}
