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
   * A model.
   *
   * @param maxModelLen tokens of the longest prompt that a worker takes, as vLLM tells it; absent
   *     while no worker lives
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Model(
      String id,
      String object,
      long created,
      String ownedBy,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer maxModelLen) {}

  private final ServedModels models;
  private final long startedAt = Instant.now().getEpochSecond();

  ModelsController(ServedModels models) {
    this.models = models;
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
    return new Model(name, "model", startedAt, "millrace", models.maxInputLen(name));
  }
}
