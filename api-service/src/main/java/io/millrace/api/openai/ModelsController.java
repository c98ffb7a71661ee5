package io.millrace.api.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.workers.ServedModels;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** OpenAI's list of models. */
@RestController
final class ModelsController {
  record ModelList(String object, List<Model> data) {}

  /**
   * A model, with what vLLM tells of it.
   *
   * @param root the same name: there are no adapters beside it
   * @param maxModelLen tokens of the longest prompt that a worker takes, or took when one lived
   *     last; absent if none has
   * @param capacity of our own
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Model(
      String id,
      String object,
      long created,
      String ownedBy,
      String root,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer maxModelLen,
      ModelCapacity capacity) {}

  private final ServedModels models;
  private final ModelCapacity.Source capacities;
  private final long startedAt = Instant.now().getEpochSecond();

  ModelsController(ServedModels models, ModelCapacity.Source capacities) {
    this.models = models;
    this.capacities = capacities;
  }

  @GetMapping("/v1/models")
  ModelList list() {
    return new ModelList("list", models.names().stream().map(this::model).toList());
  }

  /** Model cards have slashes in their names. */
  @GetMapping("/v1/models/{*model}")
  Model one(@PathVariable String model) {
    return model(models.resolve(model.substring(1)));
  }

  private Model model(String name) {
    return new Model(
        name, "model", startedAt, "millrace", name, models.maxInputLen(name), capacities.of(name));
  }
}
