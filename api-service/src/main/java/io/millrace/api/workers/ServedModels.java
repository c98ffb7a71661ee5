package io.millrace.api.workers;

import io.millrace.api.error.RequestFailed;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.protocol.WorkerState;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The models that can be asked: the configured one, and whatever else the workers serve. */
public final class ServedModels {
  private final String configured;
  private final String alias;
  private final WorkerDirectory workers;
  private final Set<String> remembered = ConcurrentHashMap.newKeySet();

  /**
   * @param configured the name that is served even while no worker lives
   * @param alias another name for it, such as its model card
   */
  public ServedModels(String configured, String alias, WorkerDirectory workers) {
    this.configured = configured;
    this.alias = alias;
    this.workers = workers;
  }

  /** The model of a request that names none. */
  public String configured() {
    return configured;
  }

  /** All names, sorted. */
  public Collection<String> names() {
    TreeSet<String> names = new TreeSet<>();
    names.add(configured);
    workers.alive().stream().map(WorkerState::model).forEach(names::add);
    return names;
  }

  /**
   * The served name of the model a request asks for.
   *
   * @param asked null for the configured one
   * @throws RequestFailed if nobody serves it
   */
  public String resolve(@Nullable String asked) {
    if (asked == null || asked.equals(configured) || asked.equals(alias)) {
      return configured;
    }
    if (workers.serves(asked) || remembered.contains(asked)) {
      return asked;
    }
    throw new RequestFailed(
        FailureKind.NOT_FOUND,
        "the model \"%s\" is not served; served are: %s"
            .formatted(Excerpt.of(asked), String.join(", ", names())),
        "model");
  }

  /** Takes note of a model that was served once: what was asked of it is still understood. */
  public void remember(String model) {
    remembered.add(model);
  }

  /** The longest prompt that a worker of a model takes, in tokens; null while none says so. */
  public @Nullable Integer maxInputLen(String model) {
    OptionalInt most = workers.maxInputLen(model);
    return most.isPresent() ? most.getAsInt() : null;
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
