package io.millrace.endtoend.chaos;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What has happened in a run; says so as it happens. Safe for use by several threads. */
final class Tally {
  private final long began = System.nanoTime();
  private final PrintWriter out;
  private final Map<Asker, Integer> requests = new EnumMap<>(Asker.class);
  private final Map<Asker, Integer> answers = new EnumMap<>(Asker.class);
  private final Map<String, Integer> disturbances = new TreeMap<>();
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private final List<Double> redeliveries = new ArrayList<>();
  private int reconnects;
  private int refusals;

  /** What must not happen. */
  enum Fault {
    /** Acknowledged, and not answered completely in time. */
    LOST,
    /** A piece or an end was told twice. */
    DOUBLED,
    /** Another text. */
    WRONG,
    /** A process has ended of itself, or did not start. */
    CRASHED
  }

  Tally(PrintWriter out) {
    this.out = out;
    Arrays.stream(Asker.values()).forEach(asker -> requests.put(asker, 0));
    Arrays.stream(Asker.values()).forEach(asker -> answers.put(asker, 0));
    Arrays.stream(Fault.values()).forEach(fault -> faults.put(fault, 0));
  }

  synchronized void say(String line) {
    double seconds = (System.nanoTime() - began) / 1e9;
    out.println(String.format(Locale.ROOT, "%8.3f %s", seconds, line));
    out.flush();
  }

  /** A request was acknowledged. */
  synchronized void asked(Asker asker) {
    requests.merge(asker, 1, Integer::sum);
  }

  /** A request was answered, as it should be. */
  synchronized void answered(Asker asker) {
    answers.merge(asker, 1, Integer::sum);
  }

  /** A client has gone on at another connection. */
  synchronized void reconnected() {
    reconnects++;
  }

  /** A client was told to come again. */
  synchronized void refused() {
    refusals++;
  }

  /** A worker has gone on with what another had begun. */
  synchronized void redelivered(Duration gap) {
    redeliveries.add((double) gap.toMillis());
  }

  synchronized void fault(Fault fault, Asker asker, String id, String what) {
    faults.merge(fault, 1, Integer::sum);
    say("%s: %s %s: %s".formatted(fault, asker.label(), id, what));
  }

  synchronized void disturbed(String name, Disturbance disturbance) {
    disturbances.merge(disturbance.label(), 1, Integer::sum);
    say("%s of %s for %d ms".formatted(disturbance.label(), name, disturbance.time().toMillis()));
  }

  void isBack(String name) {
    say(name + " is up");
  }

  synchronized void crashed(String name, int exitCode) {
    faults.merge(Fault.CRASHED, 1, Integer::sum);
    say("%s: %s has ended of itself, code %d".formatted(Fault.CRASHED, name, exitCode));
  }

  synchronized void broken(String name, Throwable why) {
    faults.merge(Fault.CRASHED, 1, Integer::sum);
    say("%s: %s: %s".formatted(Fault.CRASHED, name, why));
  }

  synchronized ChaosReport report(long seed) {
    return ChaosReport.of(
        seed,
        Duration.ofNanos(System.nanoTime() - began),
        requests,
        answers,
        disturbances,
        faults,
        reconnects,
        refusals,
        redeliveries);
  }
}
