package io.millrace.engine.speculation;

import io.millrace.engine.schedule.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A drafter with a {@link Speculator} of its own for each sequence. */
public final class SequenceDrafter implements Drafter {
  private final Speculation speculation;
  private final Map<Sequence, Speculator> speculators = new HashMap<>();

  public SequenceDrafter(Speculation speculation) {
    this.speculation = speculation;
  }

  @Override
  public int disableByBatchSize() {
    return speculation.disableByBatchSize();
  }

  @Override
  public List<List<Integer>> propose(List<Candidate> candidates, int sharing) {
    List<List<Integer>> proposed = new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      Speculator speculator = speculator(candidate.sequence());
      proposed.add(speculator.propose(candidate.most(), sharing));
    }
    return proposed;
  }

  @Override
  public void settle(Sequence sequence, int proposed, int accepted) {
    Speculator speculator = speculators.get(sequence);
    if (speculator != null) {
      speculator.settle(proposed, accepted);
    }
  }

  @Override
  public void forget(Sequence sequence) {
    speculators.remove(sequence);
  }

  /** The speculator of a sequence, which knows all its tokens. */
  private Speculator speculator(Sequence sequence) {
    Speculator speculator = speculators.get(sequence);
    if (speculator == null) {
      int[] prompt = Arrays.copyOf(sequence.tokens(), sequence.numPromptTokens());
      speculator = speculation.speculator(prompt);
      speculators.put(sequence, speculator);
    }
    for (int i = speculator.numTokens(); i < sequence.numTokens(); i++) {
      speculator.add(sequence.token(i));
    }
    return speculator;
  }
}
