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
  private final Map<String, Integer> faults = new TreeMap<>();
  private final Map<Violation, Integer> violations = new EnumMap<>(Violation.class);
  private final List<Double> redeliveries = new ArrayList<>();
  private int reconnects;
  private int refusals;

  /** What must not happen. */
  enum Violation {
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
    Arrays.stream(Violation.values()).forEach(each -> violations.put(each, 0));
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

  synchronized void violation(Violation violation, Asker asker, String id, String what) {
    violations.merge(violation, 1, Integer::sum);
    say("%s: %s %s: %s".formatted(violation, asker.label(), id, what));
  }

  synchronized void disturbed(String name, Fault fault) {
    faults.merge(fault.label(), 1, Integer::sum);
    say("%s of %s for %d ms".formatted(fault.label(), name, fault.time().toMillis()));
  }

  void isBack(String name) {
    say(name + " is up");
  }

  synchronized void crashed(String name, int exitCode) {
    violations.merge(Violation.CRASHED, 1, Integer::sum);
    say("%s: %s has ended of itself, code %d".formatted(Violation.CRASHED, name, exitCode));
  }

  synchronized void broken(String name, Throwable why) {
    violations.merge(Violation.CRASHED, 1, Integer::sum);
    say("%s: %s: %s".formatted(Violation.CRASHED, name, why));
  }

  synchronized ChaosReport report(long seed) {
    return ChaosReport.of(
        seed,
        Duration.ofNanos(System.nanoTime() - began),
        requests,
        answers,
        faults,
        violations,
        reconnects,
        refusals,
        redeliveries);
  }
}
