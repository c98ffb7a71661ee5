package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.PartitionProgress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class OffsetLedgerTest {
  private OffsetLedger ledger = new OffsetLedger(PartitionProgress.NONE);

  @Test
  void committedOffset_isTheFirstThatHasNotEnded() {
    take(0, 1, 2);
    ledger.end(1);

    assertThat(ledger.progress()).isEqualTo(progress(3, Map.of(0L, 1, 2L, 1)));
    ledger.end(0);
    assertThat(ledger.progress().start()).isEqualTo(2);
    ledger.end(2);
    assertThat(ledger.progress()).isEqualTo(progress(3, Map.of()));
  }

  @Test
  void newOwner_skipsWhatHasEnded_andCountsTheAttemptsOfTheRest() {
    take(0, 1, 2);
    ledger.end(1);
    ledger = new OffsetLedger(ledger.progress());

    assertThat(ledger.wants(1)).isFalse();
    assertThat(ledger.begin(0)).isEqualTo(2);
    assertThat(ledger.begin(2)).isEqualTo(2);
    assertThat(ledger.begin(3)).isEqualTo(1);
    assertThat(ledger.running()).isEqualTo(Map.of(0L, 2, 2L, 2, 3L, 1));
  }

  @Test
  void attemptThatDidNotBegin_isNotCounted() {
    take(0);
    ledger.withdraw(0);
    ledger = new OffsetLedger(ledger.progress());

    assertThat(ledger.begin(0)).isEqualTo(1);
  }

  @Test
  void whatIsGivenBack_comesAgainWithoutTheRest() {
    take(0, 1, 2);
    assertThat(ledger.rewind()).isEmpty();
    ledger.end(2);
    ledger.release(1);
    ledger.readTo(3);

    assertThat(ledger.rewind()).hasValue(1);
    assertThat(ledger.rewind()).isEmpty();
    assertThat(ledger.wants(1)).isTrue();
    assertThat(ledger.begin(1)).isEqualTo(2);
    assertThat(ledger.wants(2)).isFalse();
    assertThat(ledger.wants(0)).isFalse();
    assertThatThrownBy(() -> ledger.begin(0)).hasMessageContaining("offset 0 is not wanted");
  }

  @Test
  void recordThatIsThereNoMore_isNotWaitedFor() {
    ledger = new OffsetLedger(progress(9, Map.of(3L, 1, 7L, 1)));
    ledger.begin(7);

    assertThat(ledger.readTo(8)).isTrue();
    assertThat(ledger.progress()).isEqualTo(progress(9, Map.of(7L, 2)));
    assertThat(ledger.readTo(9)).isFalse();
    assertThat(ledger.readTo(11)).isTrue();
    assertThat(ledger.progress().next()).isEqualTo(11);
  }

  /**
   * Owners come and go, with a last commit or without, while records end in any order: every record
   * ends, none is begun after its end is committed, and no attempt has a number twice.
   */
  @Test
  void records_endOnceAndInAnyOrder_whateverBecomesOfTheirOwners() {
    for (int seed = 0; seed < 200; seed++) {
      new Simulation(new Random(seed)).run();
    }
  }

  private void take(long... offsets) {
    for (long offset : offsets) {
      ledger.begin(offset);
      ledger.readTo(offset + 1);
    }
  }

  private static PartitionProgress progress(long next, Map<Long, Integer> open) {
    return new PartitionProgress(next, new TreeMap<>(open));
  }

  /** A partition with gaps, of which a member reads one record after another. */
  private static final class Simulation {
    private static final int END = 60;

    private final Random random;
    private final Set<Long> records = new HashSet<>();
    private final Map<Long, Integer> lastAttempt = new HashMap<>();
    private final Set<Long> ended = new HashSet<>();
    private final Set<Long> endedForGood = new HashSet<>();

    private PartitionProgress committed = PartitionProgress.NONE;
    private OffsetLedger ledger = new OffsetLedger(committed);
    private long position;

    Simulation(Random random) {
      this.random = random;
      for (long offset = 0; offset < END; offset++) {
        if (random.nextInt(5) > 0) {
          records.add(offset);
        }
      }
    }

    void run() {
      for (int step = 0; step < 400; step++) {
        int dice = random.nextInt(20);
        if (dice == 0) {
          pass(random.nextBoolean());
        } else if (dice < 3) {
          rewind();
        } else if (dice < 10 && !ledger.running().isEmpty()) {
          end(random.nextInt(4) > 0);
        } else if (ledger.running().size() < 6) {
          read();
        }
      }
      finish();
      assertThat(ended).isEqualTo(records);
      assertThat(committed.start()).isEqualTo(END);
      assertThat(committed.open()).isEmpty();
    }

    private void finish() {
      while (committed.start() < END) {
        while (!ledger.running().isEmpty()) {
          end(true);
        }
        rewind();
        read();
        commit();
      }
    }

    private void read() {
      long offset = position;
      while (offset < END && !records.contains(offset)) {
        offset++;
      }
      if (offset < END && ledger.wants(offset)) {
        int attempt = ledger.begin(offset);
        // An attempt is committed before its work begins.
        commit();
        assertThat(endedForGood).doesNotContain(offset);
        assertThat(attempt).isGreaterThan(lastAttempt.getOrDefault(offset, 0));
        lastAttempt.put(offset, attempt);
      }
      position = Math.min(END, offset + 1);
      ledger.readTo(position);
    }

    private void end(boolean well) {
      List<Long> running = new ArrayList<>(ledger.running().keySet());
      long offset = running.get(random.nextInt(running.size()));
      if (well) {
        ledger.end(offset);
        ended.add(offset);
      } else {
        ledger.release(offset);
      }
    }

    private void rewind() {
      ledger.rewind().ifPresent(offset -> position = offset);
    }

    /** Another owner: its predecessor has committed what it knew, or was killed. */
    private void pass(boolean gracefully) {
      if (gracefully) {
        commit();
      }
      ledger = new OffsetLedger(committed);
      position = committed.start();
    }

    private void commit() {
      committed = PartitionProgress.of(ledger.progress().toCommit());
      for (long offset : ended) {
        if (offset < committed.next() && !committed.open().containsKey(offset)) {
          endedForGood.add(offset);
        }
      }
      assertThat(records)
          .filteredOn(offset -> !ended.contains(offset))
          .allMatch(offset -> offset >= committed.next() || committed.open().containsKey(offset));
    }
  }
}
