package io.millrace.api.batches;

import io.millrace.api.batches.LineReader.Line;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Excerpt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The check of a batch's input before anything of it runs. What the endpoint says of a body is for
 * the answers.
 */
@Component
final class BatchValidator {
  /** More errors than anybody reads. */
  private static final int MOST_ERRORS = 100;

  private final ServedModels models;
  private final int mostLines;

  BatchValidator(ServedModels models, ApiOptions options) {
    this.models = models;
    this.mostLines = options.batches().maxLines();
  }

  /**
   * What was found.
   *
   * @param total how many requests there are
   * @param errors empty if they can be run
   */
  record Result(int total, List<LineError> errors) {}

  /** Reads the input to its end, or as far as it is worth it. */
  Result check(LineReader input, String endpoint) throws IOException {
    List<LineError> errors = new ArrayList<>();
    // Digests, so that long names cost no memory.
    Map<UUID, Integer> ids = new HashMap<>();
    int total = 0;
    for (Line line = input.next(); line != null; line = input.next()) {
      if (++total > mostLines) {
        errors.add(tooMany());
        return new Result(total, errors);
      }
      try {
        check(BatchLine.of(line, endpoint), ids);
      } catch (LineError.Found found) {
        errors.add(found.at(line.number()));
      }
      if (errors.size() == MOST_ERRORS) {
        return new Result(total, errors);
      }
    }
    if (total == 0) {
      errors.add(new LineError("empty_file", null, "the input file has no requests", null));
    }
    return new Result(total, errors);
  }

  private LineError tooMany() {
    String message =
        "the input file may have at most %d requests (--max-batch-lines)".formatted(mostLines);
    return new LineError("too_many_requests", null, message, null);
  }

  private void check(BatchLine line, Map<UUID, Integer> ids) {
    UUID digest = UUID.nameUUIDFromBytes(line.customId().getBytes(StandardCharsets.UTF_8));
    Integer before = ids.putIfAbsent(digest, line.number());
    if (before != null) {
      throw new LineError.Found(
          "duplicate_custom_id",
          "custom_id",
          "custom_id \"%s\" is that of line %d, too"
              .formatted(Excerpt.of(line.customId()), before));
    }
    try {
      models.remember(models.resolve(line.model()));
    } catch (RequestFailed unknown) {
      throw new LineError.Found(
          "model_not_found", "body.model", String.valueOf(unknown.getMessage()));
    }
  }
}
