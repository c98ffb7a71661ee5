package io.millrace.standalone.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.start.ModelDescription;
import io.millrace.models.hub.CachedModel;
import io.millrace.models.hub.ModelLicense;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.JsonFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model as {@code millrace models list} tells of it.
 *
 * @param revision the commit; null if there is none
 * @param reason why it is not served; null if it is, or would be if it were all there
 * @param parameters numbers in all tensors; null, as all that follows from the files, while they
 *     are not all there or are none that Millrace serves
 * @param type what most bytes of the weights are stored as
 * @param license null if the files do not tell
 * @param fetchedAt seconds since 1970
 */
record ListedModel(
    @JsonProperty("name") String name,
    @JsonProperty("revision") @Nullable String revision,
    @JsonProperty("refs") List<String> refs,
    @JsonProperty("source") String source,
    @JsonProperty("status") Status status,
    @JsonProperty("reason") @Nullable String reason,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("family") @Nullable String family,
    @JsonProperty("parameters") @Nullable Long parameters,
    @JsonProperty("type") @Nullable String type,
    @JsonProperty("context_length") @Nullable Integer contextLength,
    @JsonProperty("license") @Nullable String license,
    @JsonProperty("fetched_at") long fetchedAt,
    @JsonProperty("path") String path) {

  /** What can be done with a model. */
  enum Status {
    @JsonProperty("ready")
    READY,
    @JsonProperty("incomplete")
    INCOMPLETE,
    @JsonProperty("not_served")
    NOT_SERVED
  }

  /** Reads what the files say. */
  static ListedModel of(CachedModel model) {
    return switch (model.state()) {
      case NO_MODEL ->
          of(model, Status.NOT_SERVED, "it has neither a configuration nor weights", null);
      case INCOMPLETE -> ofIncomplete(model);
      case COMPLETE -> ofComplete(model);
    };
  }

  private static ListedModel ofComplete(CachedModel model) {
    try {
      return of(model, Status.READY, null, ModelDescription.of(model.path()));
    } catch (UnsupportedModel | BadCheckpoint e) {
      return of(model, Status.NOT_SERVED, e.getMessage(), null);
    }
  }

  /** Of some, the configuration shows that the rest is not worth fetching. */
  private static ListedModel ofIncomplete(CachedModel model) {
    Path config = model.path().resolve("config.json");
    try {
      if (model.commit() != null && Files.isRegularFile(config)) {
        ModelSpec.of(JsonFiles.config(config));
      }
      return of(model, Status.INCOMPLETE, null, null);
    } catch (UnsupportedModel | BadCheckpoint e) {
      return of(model, Status.NOT_SERVED, e.getMessage(), null);
    }
  }

  private static ListedModel of(
      CachedModel model,
      Status status,
      @Nullable String reason,
      @Nullable ModelDescription description) {
    return new ListedModel(
        model.name(),
        model.commit(),
        model.refs(),
        model.source().name().toLowerCase(Locale.ROOT),
        status,
        reason,
        model.bytes(),
        description == null ? null : description.family(),
        description == null ? null : Long.valueOf(description.parameters()),
        description == null ? null : description.mainType(),
        description == null ? null : Integer.valueOf(description.contextLength()),
        ModelLicense.of(model.path()).orElse(null),
        model.fetchedAt().getEpochSecond(),
        model.path().toString());
  }
}
