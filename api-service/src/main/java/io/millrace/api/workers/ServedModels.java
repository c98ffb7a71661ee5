package io.millrace.api.workers;

import io.millrace.api.error.RequestFailed;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.protocol.WorkerState;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The models that can be asked: the configured one, whatever else workers serve, and what they have
 * served not long ago, whose requests wait for a worker.
 */
public final class ServedModels {
  private final String configured;
  private final String alias;
  private final int configuredTopics;
  private final WorkerDirectory workers;
  private final ModelDirectory known;
  private final Set<String> remembered = ConcurrentHashMap.newKeySet();

  /**
   * @param configured the name that is served even while no worker lives
   * @param alias another name for it, such as its model card
   * @param configuredTopics over how many topics its requests of each class are spread, while no
   *     worker of it has said so
   * @param workers those that live
   * @param known the models of which one has lived
   */
  public ServedModels(
      String configured,
      String alias,
      int configuredTopics,
      WorkerDirectory workers,
      ModelDirectory known) {
    this.configured = configured;
    this.alias = alias;
    this.configuredTopics = configuredTopics;
    this.workers = workers;
    this.known = known;
  }

  /** The model of a request that names none. */
  public String configured() {
    return configured;
  }

  /** All names: first those that workers serve now, each part sorted. */
  public Collection<String> names() {
    Set<String> served = served();
    Set<String> others = new TreeSet<>(known.names());
    others.add(configured);
    Set<String> names = new LinkedHashSet<>(served);
    names.addAll(others);
    return names;
  }

  private Set<String> served() {
    return workers.alive().stream()
        .map(WorkerState::model)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a worker of a model lives; what is asked of others waits for one. */
  public boolean isServed(String model) {
    return workers.serves(model);
  }

  /** When a worker of a model spoke last; null if that is not known. */
  public @Nullable Instant lastSeen(String model) {
    return known.find(model).map(ModelDirectory.Sighting::seenAt).orElse(null);
  }

  /**
   * Over how many topics of each class the requests to a model may be spread: as many as all of its
   * workers read; while none lives, as many as one has read last.
   */
  public int readTopics(String model) {
    int read = workers.requestTopics(model);
    return read > 0 ? read : knownTopics(model);
  }

  /** In how many topics of each class there may be requests to a model. */
  public int knownTopics(String model) {
    int said = known.find(model).map(it -> it.state().requestTopics()).orElse(1);
    return Math.max(said, model.equals(configured) ? configuredTopics : 1);
  }

  /**
   * The served name of the model a request asks for.
   *
   * @param asked null for the configured one
   * @throws RequestFailed if nobody serves it, or has served it not long ago
   */
  public String resolve(@Nullable String asked) {
    if (asked == null || asked.equals(configured) || asked.equals(alias)) {
      return configured;
    }
    if (workers.serves(asked) || known.find(asked).isPresent() || remembered.contains(asked)) {
      return asked;
    }
    Set<String> served = served();
    served.add(configured);
    throw new RequestFailed(
        FailureKind.NOT_FOUND,
        "the model \"%s\" is not served; served are: %s"
            .formatted(Excerpt.of(asked), String.join(", ", served)),
        "model");
  }

  /** Takes note of a model that was served once: what was asked of it is still understood. */
  public void remember(String model) {
    remembered.add(model);
  }

  /**
   * The longest prompt that a worker of a model takes, or took when the last one lived, in tokens;
   * null if none has said so.
   */
  public @Nullable Integer maxInputLen(String model) {
    OptionalInt most = workers.maxInputLen(model);
    return most.isPresent()
        ? Integer.valueOf(most.getAsInt())
        : known
            .find(model)
            .map(it -> it.state().maxInputLen())
            .filter(length -> length > 0)
            .orElse(null);
  }

  /**
   * Refuses token ids that no worker would take; the length of text only a worker knows.
   *
   * @throws Invalid naming both lengths
   */
  public void refuseTooLong(String model, Prompt prompt, TokenizeParams tokenizing) {
    if (tokenizing.truncatePromptTokens() != null) {
      return;
    }
    int most = workers.maxInputLen(model).orElse(Integer.MAX_VALUE);
    for (Prompt each : prompt.each()) {
      int known = each.match(text -> 0, tokens -> tokens.ids().size(), chat -> 0);
      if (known > most) {
        throw new Invalid(
            "prompt", "prompt may have at most %d tokens, but has %d".formatted(most, known));
      }
    }
  }
}
