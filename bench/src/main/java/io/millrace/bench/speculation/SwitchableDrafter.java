package io.millrace.bench.speculation;

import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.speculation.Candidate;
import io.millrace.engine.speculation.Drafter;
import java.util.List;

/**
 * A drafter that is on or off, so that one engine, with one set of weights and one decoder, shows
 * what speculation gains. It may be switched by any thread, while nothing is computed.
 */
final class SwitchableDrafter implements Drafter {
  private final Drafter drafter;
  private volatile boolean on = true;

  SwitchableDrafter(Drafter drafter) {
    this.drafter = drafter;
  }

  void turn(boolean toOn) {
    on = toOn;
  }

  @Override
  public int disableByBatchSize() {
    return on ? drafter.disableByBatchSize() : 0;
  }

  @Override
  public List<List<Integer>> propose(List<Candidate> candidates, int sharing) {
    return drafter.propose(candidates, sharing);
  }

  @Override
  public void settle(Sequence sequence, int proposed, int accepted) {
    drafter.settle(sequence, proposed, accepted);
  }

  @Override
  public void forget(Sequence sequence) {
    drafter.forget(sequence);
  }

  @Override
  public void close() {
    drafter.close();
  }
}
