package io.millrace.kafka;

import io.millrace.protocol.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workers that live: those whose last word is younger than 15 seconds. */
public final class WorkerDirectory {
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private record Sighting(WorkerState state, Instant seenAt) {}

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
    if (state == null) {
      sightings.remove(worker);
    } else {
      sightings.put(worker, new Sighting(state, seenAt));
    }
  }

  /** The last word of each that lives. */
  public List<WorkerState> alive() {
    Instant oldest = clock.instant().minus(SILENCE);
    sightings.values().removeIf(sighting -> sighting.seenAt().isBefore(oldest));
    return sightings.values().stream().map(Sighting::state).toList();
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

  /** Whether any worker lives. */
  public boolean anyAlive() {
    return !alive().isEmpty();
  }

  /** Whether a living worker serves {@code model}. */
  public boolean serves(String model) {
    return alive().stream().anyMatch(worker -> worker.model().equals(model));
  }

  /** The longest prompt that any worker of {@code model} takes, in tokens; empty if none lives. */
  public OptionalInt maxInputLen(String model) {
    return alive().stream()
        .filter(worker -> worker.model().equals(model) && worker.maxInputLen() > 0)
        .mapToInt(WorkerState::maxInputLen)
        .max();
  }
}
