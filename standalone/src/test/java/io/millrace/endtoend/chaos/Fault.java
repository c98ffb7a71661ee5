package io.millrace.endtoend.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Something that is done to a process.
 *
 * @param after how long after the one before
 * @param number of the process within its role; the next one where it may not be disturbed now
 * @param time until it is started again, or goes on
 */
record Fault(Duration after, Role role, Manner manner, int number, Duration time) {
  /** Longer than the lock on a record, 15 s. */
  private static final Duration FREEZE = Duration.ofMillis(15_500);

  /** As often as each stands here. */
  private static final List<Fault> KINDS =
      List.of(
          kind(Role.WORKER, Manner.KILL),
          kind(Role.WORKER, Manner.KILL),
          kind(Role.WORKER, Manner.KILL),
          kind(Role.WORKER, Manner.TERMINATE),
          kind(Role.WORKER, Manner.TERMINATE),
          kind(Role.WORKER, Manner.FREEZE),
          kind(Role.API, Manner.KILL),
          kind(Role.API, Manner.KILL),
          kind(Role.API, Manner.TERMINATE),
          kind(Role.API, Manner.TERMINATE),
          kind(Role.BROKER, Manner.KILL),
          kind(Role.BROKER, Manner.TERMINATE));

  /** What is done. */
  enum Manner {
    /** SIGKILL. */
    KILL("kill"),
    /** SIGTERM. */
    TERMINATE("term"),
    /** SIGSTOP, and SIGCONT later. */
    FREEZE("stop");

    private final String label;

    Manner(String label) {
      this.label = label;
    }
  }

  private static Fault kind(Role role, Manner manner) {
    return new Fault(Duration.ZERO, role, manner, 0, Duration.ZERO);
  }

  /** All that is done in a run: the same for the same seed. */
  static Supplier<Fault> schedule(ChaosOptions options) {
    Random random = new Random(options.seed());
    return () -> {
      Fault kind = KINDS.get(random.nextInt(KINDS.size()));
      Duration after = part(random, options.pause().multipliedBy(2));
      int number = random.nextInt(options.count(kind.role));
      Duration time = part(random, options.down());
      return new Fault(
          after,
          kind.role,
          kind.manner,
          number,
          kind.manner == Manner.FREEZE ? time.plus(FREEZE) : time);
    };
  }

  private static Duration part(Random random, Duration most) {
    return Duration.ofMillis((long) (random.nextDouble() * most.toMillis()));
  }

  /** What the tally calls it. */
  String label() {
    return role.label() + "_" + manner.label;
  }
}
