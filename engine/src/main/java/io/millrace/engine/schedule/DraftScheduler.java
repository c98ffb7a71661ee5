package io.millrace.engine.schedule;

import io.millrace.engine.schedule.StepPlan.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The scheduler of a draft model, which guesses in turns how other sequences go on. Each of these
 * has a follower with the same tokens in the draft model's own cache. In a turn a follower first
 * catches up with what has come since its last one, and then computes what it has guessed, token by
 * token, in steps that all followers share. What was guessed wrong is forgotten when the next turn
 * begins.
 *
 * <p>Nothing here has to succeed: a follower without room, or with more to catch up than a turn's
 * budget, guesses nothing this time.
 */
public final class DraftScheduler {
  private final BlockManager blocks;
  private final int maxNumBatchedTokens;
  private final int maxLength;
  private final Map<Sequence, Follower> followers = new HashMap<>();
  private final Map<Sequence, Follower> bySequence = new HashMap<>();

  /** Those of this turn, first the ones that have least to catch up with. */
  private List<Follower> turn = new ArrayList<>();

  private int budget;
  private long arrivals;

  /**
   * @param blocks of the draft model's cache
   * @param maxNumBatchedTokens tokens that one turn may compute to catch up
   * @param maxLength tokens that the draft model can tell apart by their positions
   */
  public DraftScheduler(BlockManager blocks, int maxNumBatchedTokens, int maxLength) {
    this.blocks = blocks;
    this.maxNumBatchedTokens = maxNumBatchedTokens;
    this.maxLength = (int) Math.min(maxLength, blocks.capacity());
  }

  /**
   * Begins a turn.
   *
   * @param wanted for each sequence how many tokens to guess; those with none are left out
   */
  public void begin(Map<Sequence, Integer> wanted) {
    budget = maxNumBatchedTokens;
    turn = new ArrayList<>();
    wanted.forEach(
        (target, count) -> {
          int most = Math.min(count, maxLength - target.numTokens());
          if (most > 0) {
            Follower follower = followers.computeIfAbsent(target, this::follower);
            follower.catchUp(most);
            turn.add(follower);
          }
        });
    turn.sort(Comparator.comparingInt(follower -> follower.sequence.behind()));
  }

  private Follower follower(Sequence target) {
    Sequence sequence = new Sequence(target.id(), 0, arrivals++, target.tokens());
    Follower follower = new Follower(target, sequence);
    bySequence.put(sequence, follower);
    return follower;
  }

  /** The next step of the turn; empty when the turn is over. */
  public StepPlan plan() {
    List<Slice> slices = new ArrayList<>();
    boolean begun = false;
    for (Follower follower : turn) {
      if (follower.wanted == 0) {
        continue;
      }
      // One newcomer a step, so that others that begin alike find what it has computed.
      boolean begins = !follower.admitted;
      if (begins && begun) {
        continue;
      }
      if (take(follower, slices)) {
        begun |= begins;
      } else {
        follower.wanted = 0;
      }
    }
    return new StepPlan(slices);
  }

  /** Plans a follower's next tokens, if there is room and budget. */
  private boolean take(Follower follower, List<Slice> slices) {
    Sequence sequence = follower.sequence;
    if (!follower.admitted) {
      follower.admit();
    }
    int count = sequence.behind();
    if (!follower.isGuessing()) {
      count = Math.min(count, budget);
      budget -= count;
    }
    if (count < 1 || !makeRoom(sequence, sequence.numComputedTokens() + count)) {
      return false;
    }
    slices.add(Slice.next(sequence, count));
    return true;
  }

  /** Takes blocks of followers that have no turn until the sequence has its own. */
  private boolean makeRoom(Sequence sequence, int numTokens) {
    int missing = blocks.missing(sequence, numTokens);
    for (Follower other : followers.values()) {
      if (!blocks.canAllocate(missing) && !turn.contains(other)) {
        other.giveUp();
      }
    }
    if (!blocks.canAllocate(missing)) {
      return false;
    }
    blocks.allocate(sequence, numTokens);
    return true;
  }

  /** The sequence that a planned one follows. */
  public Sequence target(Sequence sequence) {
    return Objects.requireNonNull(bySequence.get(sequence)).target;
  }

  /**
   * Notes that a planned step was computed.
   *
   * @param tokens what was sampled for {@link StepPlan#sampled}, in that order
   */
  public void completed(StepPlan plan, int[] tokens) {
    int row = 0;
    for (Slice slice : plan.slices()) {
      Follower follower = Objects.requireNonNull(bySequence.get(slice.sequence()));
      slice.sequence().advance(slice.count());
      follower.publish();
      if (slice.reachesEnd()) {
        slice.sequence().append(tokens[row++]);
        follower.wanted--;
      }
    }
  }

  /** What was guessed of a sequence in this turn; nothing outside of one. */
  public List<Integer> guessed(Sequence target) {
    Follower follower = followers.get(target);
    if (follower == null || !turn.contains(follower)) {
      return List.of();
    }
    List<Integer> guessed = new ArrayList<>();
    for (int i = follower.numKnown; i < follower.sequence.numTokens(); i++) {
      guessed.add(follower.sequence.token(i));
    }
    return guessed;
  }

  /** Forgets a sequence; does nothing for one that was never guessed. */
  public void remove(Sequence target) {
    Follower follower = followers.remove(target);
    if (follower != null) {
      follower.giveUp();
      bySequence.remove(follower.sequence);
      turn.remove(follower);
    }
  }

  /** The sequence of the draft model that has the tokens of another one. */
  private final class Follower {
    private final Sequence target;
    private final Sequence sequence;

    /** Tokens of the target when the turn began; what is behind them is guessed. */
    private int numKnown;

    /** Computed tokens that the block manager knows of. It hears of no guess. */
    private int published;

    /** Whether it may have blocks. */
    private boolean admitted;

    /** Tokens that are still to be guessed in this turn. */
    private int wanted;

    Follower(Sequence target, Sequence sequence) {
      this.target = target;
      this.sequence = sequence;
      this.numKnown = sequence.numTokens();
    }

    /** Begins with what the prefix cache holds. */
    void admit() {
      CachedPrefix prefix = blocks.cachedPrefix(sequence);
      boolean fits = blocks.canAdmit(prefix, prefix.numTokens() + 1);
      blocks.admit(sequence, fits ? prefix : CachedPrefix.NONE);
      published = sequence.numComputedTokens();
      admitted = true;
    }

    boolean isGuessing() {
      return sequence.numTokens() > numKnown;
    }

    /** Forgets what was guessed wrong, and takes what has come instead. */
    void catchUp(int count) {
      int common = numKnown;
      int end = Math.min(sequence.numTokens(), target.numTokens());
      while (common < end && sequence.token(common) == target.token(common)) {
        common++;
      }
      sequence.truncate(common);
      for (int i = common; i < target.numTokens(); i++) {
        sequence.append(target.token(i));
      }
      numKnown = target.numTokens();
      publish();
      sequence.ensureBehind();
      published = Math.min(published, sequence.numComputedTokens());
      blocks.trim(sequence);
      wanted = count;
    }

    /** Tells the block manager of computed tokens that are known to be right. */
    void publish() {
      int computed = sequence.numComputedTokens();
      if (computed > published && computed <= numKnown) {
        blocks.completed(sequence, published);
        published = computed;
      }
    }

    /** Gives the blocks back. All is computed again if there is another turn. */
    void giveUp() {
      sequence.truncate(numKnown);
      publish();
      blocks.release(sequence);
      sequence.restart();
      published = 0;
      admitted = false;
    }
  }
}
