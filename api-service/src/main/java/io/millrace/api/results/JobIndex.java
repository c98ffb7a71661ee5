package io.millrace.api.results;

import io.millrace.protocol.JobRecord;
import io.millrace.protocol.RecordPlace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The index of all jobs that are kept, whoever took them: as the results topic tells them, in
 * whichever order its partitions are read. Past its capacity the oldest jobs that have ended are
 * forgotten. Safe for use by several threads.
 */
public final class JobIndex {
  private static final Logger log = LoggerFactory.getLogger(JobIndex.class);
  private static final Comparator<JobEntry> OLDEST_FIRST =
      Comparator.comparing(JobEntry::createdAt).thenComparing(JobEntry::id);

  private final int capacity;
  private final Duration retention;
  private final InstantSource clock;

  // Guarded by this.
  private final Map<String, JobEntry> entries = new HashMap<>();
  private final NavigableSet<JobEntry> byAge = new TreeSet<>(OLDEST_FIRST);
  private final Map<String, String> idsByKey = new HashMap<>();
  private final Map<String, JobEntry.State> early = new HashMap<>();
  private final Map<String, List<Consumer<JobEntry>>> waiters = new HashMap<>();
  private boolean overflown;

  private volatile Consumer<JobEntry> listener = entry -> {};

  /**
   * @param capacity jobs that are kept at most
   * @param retention after which the topic may have forgotten a job
   */
  public JobIndex(int capacity, Duration retention, InstantSource clock) {
    this.capacity = capacity;
    this.retention = retention;
    this.clock = clock;
  }

  /** Says who hears of each entry that has changed, on the thread that changed it. */
  public void onChange(Consumer<JobEntry> newListener) {
    listener = newListener;
  }

  /** Takes what the topic tells, in its order. */
  public void read(JobRecord said, RecordPlace place) {
    take(said, place, true);
  }

  /** Takes what this process has stored, so that it need not wait until it has read it. */
  public void stored(JobRecord said, RecordPlace place) {
    take(said, place, false);
  }

  private void take(JobRecord said, RecordPlace place, boolean inOrder) {
    Changed changed;
    synchronized (this) {
      JobEntry entry =
          said.<@Nullable JobEntry>match(
              job -> submitted(job, place, inOrder),
              state -> state(state, place),
              callback -> inOrder ? callback(callback) : null);
      changed = entry == null ? null : new Changed(entry, waitersOf(entry));
    }
    if (changed != null) {
      changed.waiters.forEach(waiter -> waiter.accept(changed.entry));
      listener.accept(changed.entry);
    }
  }

  private record Changed(JobEntry entry, List<Consumer<JobEntry>> waiters) {}

  private List<Consumer<JobEntry>> waitersOf(JobEntry entry) {
    return List.copyOf(waiters.getOrDefault(entry.id(), List.of()));
  }

  private @Nullable JobEntry submitted(
      JobRecord.Submitted job, RecordPlace place, boolean inOrder) {
    if (job.createdAt().plus(retention).isBefore(clock.instant())) {
      return null;
    }
    String key = job.idempotencyKey();
    if (key != null && inOrder && !job.id().equals(idsByKey.computeIfAbsent(key, k -> job.id()))) {
      // Another instance was first with the same key, and this job's request was never asked.
      remove(job.id());
      return null;
    }
    JobEntry known = entries.get(job.id());
    JobEntry entry = known == null ? JobEntry.of(job, place) : known;
    JobEntry.State before = early.remove(job.id());
    put(before == null ? entry : entry.with(before));
    shrink();
    return entries.get(job.id());
  }

  private @Nullable JobEntry state(JobRecord.State said, RecordPlace place) {
    JobEntry.State state = JobEntry.State.of(said, place);
    JobEntry known = entries.get(said.id());
    if (known == null) {
      early.merge(said.id(), state, JobEntry.State::merge);
      return null;
    }
    put(known.with(state));
    return entries.get(said.id());
  }

  /** Of several apis that want to tell of an end the first does, until its time has passed. */
  private @Nullable JobEntry callback(JobRecord.Callback said) {
    JobEntry known = entries.get(said.id());
    if (known == null) {
      return null;
    }
    JobRecord.Callback before = known.callback();
    boolean held =
        before != null
            && !before.by().equals(said.by())
            && (before.done() || before.until() == null || said.at().isBefore(before.until()));
    if (!held) {
      put(known.with(said));
    }
    return entries.get(said.id());
  }

  /** Forgets a job, as its record in the topic is taken back. */
  public synchronized void remove(String id) {
    JobEntry gone = entries.remove(id);
    if (gone != null) {
      byAge.remove(gone);
      if (gone.idempotencyKey() != null) {
        idsByKey.remove(gone.idempotencyKey(), id);
      }
    }
  }

  private void put(JobEntry entry) {
    entries.put(entry.id(), entry);
    byAge.remove(entry);
    byAge.add(entry);
  }

  private void shrink() {
    Instant oldest = clock.instant().minus(retention);
    while (!byAge.isEmpty() && byAge.first().createdAt().isBefore(oldest)) {
      remove(byAge.first().id());
    }
    Iterator<JobEntry> candidates = byAge.iterator();
    List<String> forgotten = new ArrayList<>();
    while (entries.size() - forgotten.size() > capacity && candidates.hasNext()) {
      JobEntry candidate = candidates.next();
      if (candidate.status(clock.instant()).isEnd()) {
        forgotten.add(candidate.id());
      }
    }
    forgotten.forEach(this::remove);
    if (!forgotten.isEmpty() && !overflown) {
      overflown = true;
      log.warn("more than {} jobs are kept: the oldest that have ended are forgotten", capacity);
    }
    if (early.size() > capacity) {
      early.clear();
    }
  }

  /** Whether there is no room for a job more: none of those that are kept has ended. */
  public synchronized boolean isFull() {
    return entries.size() >= capacity
        && byAge.stream().noneMatch(entry -> entry.status(clock.instant()).isEnd());
  }

  /** A job. */
  public synchronized Optional<JobEntry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  /** The job that was first submitted under a key. */
  public synchronized Optional<JobEntry> findByKey(String key) {
    return Optional.ofNullable(idsByKey.get(key)).map(entries::get);
  }

  /**
   * The jobs that are wanted, the latest first.
   *
   * @param after the job that they come after; null for the first ones
   * @param limit how many at most
   */
  public synchronized List<JobEntry> list(
      Predicate<JobEntry> wanted, @Nullable JobEntry after, int limit) {
    NavigableSet<JobEntry> from =
        after == null ? byAge.descendingSet() : byAge.headSet(after, false).descendingSet();
    return from.stream().filter(wanted).limit(limit).toList();
  }

  /** A job, once it is as wanted: at once if it is already. */
  public Mono<JobEntry> await(String id, Predicate<JobEntry> wanted) {
    return Mono.create(
        sink -> {
          Consumer<JobEntry> waiter =
              entry -> {
                if (wanted.test(entry)) {
                  sink.success(entry);
                }
              };
          sink.onDispose(() -> forget(id, waiter));
          JobEntry known;
          synchronized (this) {
            waiters.computeIfAbsent(id, any -> new ArrayList<>()).add(waiter);
            known = entries.get(id);
          }
          if (known != null) {
            waiter.accept(known);
          }
        });
  }

  private synchronized void forget(String id, Consumer<JobEntry> waiter) {
    List<Consumer<JobEntry>> all = waiters.get(id);
    if (all != null && all.remove(waiter) && all.isEmpty()) {
      waiters.remove(id);
    }
  }
}
