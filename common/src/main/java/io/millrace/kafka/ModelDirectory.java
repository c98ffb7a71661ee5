package io.millrace.kafka;

import io.millrace.protocol.ModelState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The models that are known: those of which a worker has spoken within some time, whether or not
 * one lives now.
 */
public final class ModelDirectory {
  /**
   * What a worker of a model said last.
   *
   * @param seenAt when it said so
   */
  public record Sighting(ModelState state, Instant seenAt) {
    private static Sighting later(Sighting one, Sighting other) {
      return one.seenAt.isAfter(other.seenAt) ? one : other;
    }
  }

  private final Map<String, Sighting> sightings = new ConcurrentHashMap<>();
  private final Duration retention;
  private final InstantSource clock;

  /**
   * @param retention how long a model is known after its last worker has spoken
   */
  public ModelDirectory(Duration retention, InstantSource clock) {
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * Takes note of what a worker says of its model.
   *
   * @param state null where somebody says to forget it
   * @param seenAt when that was said
   */
  public void update(String model, @Nullable ModelState state, Instant seenAt) {
    if (state == null) {
      sightings.remove(model);
    } else {
      sightings.merge(model, new Sighting(state, seenAt), Sighting::later);
    }
  }

  /** What was said last of a model; empty if nothing was, or too long ago. */
  public Optional<Sighting> find(String model) {
    return Optional.ofNullable(sightings.get(model)).filter(this::isKept);
  }

  /** The names of all that are known. */
  public Set<String> names() {
    return sightings.entrySet().stream()
        .filter(entry -> isKept(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private boolean isKept(Sighting sighting) {
    return !sighting.seenAt.isBefore(clock.instant().minus(retention));
  }
}
