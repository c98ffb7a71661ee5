package io.millrace.endtoend.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Whoever disturbs the processes of an installation, one or more at a time, by a schedule. */
final class FaultInjector {
  private static final long PATIENCE_MINUTES = 10;

  private final Installation installation;
  private final Tally tally;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  FaultInjector(Installation installation, Tally tally) {
    this.installation = installation;
    this.tally = tally;
  }

  /** Disturbs for a while, and returns when all processes are up again. */
  void run(Supplier<Fault> schedule, Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    Fault next = schedule.get();
    while (System.nanoTime() + next.after().toNanos() < end) {
      Thread.sleep(next.after().toMillis());
      begin(next);
      next = schedule.get();
    }
    threads.shutdown();
    if (!threads.awaitTermination(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      throw new IllegalStateException("processes are not up again");
    }
  }

  /** Of apis and workers one always stays: it is the others that must not notice. */
  private Optional<Member> target(Fault fault) {
    List<Member> all = installation.members(fault.role());
    List<Member> up = all.stream().filter(Member::isUp).toList();
    if (up.size() < Math.min(2, all.size())) {
      return Optional.empty();
    }
    return up.stream()
        .filter(member -> all.indexOf(member) >= fault.number())
        .findFirst()
        .or(() -> up.stream().findFirst());
  }

  private void begin(Fault fault) {
    Member target = target(fault).filter(Member::taken).orElse(null);
    if (target == null) {
      tally.say(fault.label() + " is left out: no other would be up");
      return;
    }
    tally.disturbed(target.name(), fault);
    threads.execute(
        () -> {
          try {
            target.disturb(fault);
            tally.isBack(target.name());
          } catch (Exception | AssertionError e) {
            tally.broken(target.name(), e);
          }
        });
  }
}
