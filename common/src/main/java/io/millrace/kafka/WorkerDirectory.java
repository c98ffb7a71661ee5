package io.millrace.kafka;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workers that live: those whose last word is younger than 15 seconds. */
public final class WorkerDirectory {
  private static final Duration SILENCE = Duration.ofSeconds(15);

  /** Of the newest times of requests in their mean, for each that ended. */
  private static final double NEWEST = 0.05;

  /**
   * What a worker said last.
   *
   * @param meanMillis how long a request has its slot, in the mean; 0 while none has ended
   */
  private record Sighting(WorkerState state, Instant seenAt, double meanMillis) {
    private static Sighting of(WorkerState state, Instant seenAt, @Nullable Sighting before) {
      // A worker that has ended fewer requests than before has begun anew.
      Sighting last = before != null && before.state.ended() <= state.ended() ? before : null;
      long ended = state.ended() - (last == null ? 0 : last.state.ended());
      long held = state.heldMillis() - (last == null ? 0 : last.state.heldMillis());
      double known = last == null ? 0 : last.meanMillis;
      if (ended == 0) {
        return new Sighting(state, seenAt, known);
      }
      double newest = (double) Math.max(1, held) / ended;
      double part = known == 0 ? 1 : 1 - Math.pow(1 - NEWEST, ended);
      return new Sighting(state, seenAt, known + part * (newest - known));
    }

    /** How many requests it ends in a second while all its slots are used; 0 if unknown. */
    private double rate() {
      return meanMillis == 0 ? 0 : state.slots() * 1000.0 / meanMillis;
    }
  }

  private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();
  private final InstantSource clock;

  public WorkerDirectory(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Takes note of what a worker says.
   *
   * @param worker its name
   * @param state null when it has left
   * @param seenAt when it said so, by this machine's clock
   */
  public void update(String worker, @Nullable WorkerState state, Instant seenAt) {
    Instant oldest = oldest();
    sightings.values().removeIf(it -> it.seenAt.isBefore(oldest));
    if (state == null) {
      sightings.remove(worker);
    } else {
      sightings.compute(worker, (name, before) -> Sighting.of(state, seenAt, before));
    }
  }

  /** The last word of each that lives. */
  public List<WorkerState> alive() {
    return seen().map(Sighting::state).toList();
  }

  private Stream<Sighting> seen() {
    Instant oldest = oldest();
    return sightings.values().stream().filter(it -> !it.seenAt.isBefore(oldest));
  }

  /** When a worker that lives was seen at the earliest. */
  private Instant oldest() {
    return clock.instant().minus(SILENCE);
  }

  private List<Sighting> seen(String model) {
    return seen().filter(it -> it.state.model().equals(model)).toList();
  }

  /** What the living workers of a model can hold, and hold. */
  public WorkerLoad load(String model) {
    return seen(model).stream()
        .map(it -> new WorkerLoad(it.state.slots(), it.state.running(), it.seenAt))
        .reduce(
            WorkerLoad.NONE,
            (one, other) ->
                new WorkerLoad(
                    one.slots() + other.slots(),
                    one.running() + other.running(),
                    one.at().isAfter(other.at()) ? one.at() : other.at()));
  }

  /**
   * How many requests the living workers of a model end in a second while all their slots are used,
   * as far as they have been seen to: one of which nothing is known counts as the others do. Empty
   * if none has ended any.
   */
  public OptionalDouble completionsPerSecond(String model) {
    List<Sighting> workers = seen(model);
    double known = workers.stream().mapToDouble(Sighting::rate).sum();
    int slots = workers.stream().filter(it -> it.rate() > 0).mapToInt(it -> it.state.slots()).sum();
    int all = workers.stream().mapToInt(it -> it.state.slots()).sum();
    return slots == 0 ? OptionalDouble.empty() : OptionalDouble.of(known * all / slots);
  }

  /** How many requests for {@code model} living workers hold, but for one of that name. */
  public int heldByOthers(String model, String worker) {
    return others(model, worker).mapToInt(WorkerState::running).sum();
  }

  /** Whether a worker of {@code model} lives besides the one of that name. */
  public boolean hasOthers(String model, String worker) {
    return others(model, worker).findAny().isPresent();
  }

  private Stream<WorkerState> others(String model, String worker) {
    return alive().stream()
        .filter(other -> other.model().equals(model) && !other.worker().equals(worker));
  }

  /** The same of one class. */
  public int heldByOthers(String model, String worker, RequestClass requestClass) {
    return alive().stream()
        .filter(other -> other.model().equals(model) && !other.worker().equals(worker))
        .mapToInt(it -> requestClass == RequestClass.BATCH ? it.batch() : it.running() - it.batch())
        .sum();
  }

  /** Whether any worker lives. */
  public boolean anyAlive() {
    return !alive().isEmpty();
  }

  /** How many workers of {@code model} live. */
  public int numAlive(String model) {
    return seen(model).size();
  }

  /** Whether a living worker serves {@code model}. */
  public boolean serves(String model) {
    return !seen(model).isEmpty();
  }

  /** How many topics of each class all living workers of {@code model} read; 0 if none lives. */
  public int requestTopics(String model) {
    return seen(model).stream().mapToInt(it -> it.state.requestTopics()).min().orElse(0);
  }

  /** The longest prompt that any worker of {@code model} takes, in tokens; empty if none lives. */
  public OptionalInt maxInputLen(String model) {
    return alive().stream()
        .filter(worker -> worker.model().equals(model) && worker.maxInputLen() > 0)
        .mapToInt(WorkerState::maxInputLen)
        .max();
  }
}
