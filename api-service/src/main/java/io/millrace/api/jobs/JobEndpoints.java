package io.millrace.api.jobs;

import io.millrace.api.answer.Stamp;
import io.millrace.api.answer.StoredAnswer;
import io.millrace.api.answer.Surface;
import io.millrace.api.answer.SurfaceEndpoint;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JobRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The endpoints that jobs can be for. */
@Component
public final class JobEndpoints {
  private final Map<String, SurfaceEndpoint> byPath = new TreeMap<>();
  private final ServedModels models;

  JobEndpoints(List<Surface> surfaces, ServedModels models) {
    this.models = models;
    surfaces.forEach(
        surface -> surface.endpoints().forEach(it -> byPath.put(it.endpoint().path(), it)));
  }

  /**
   * An endpoint.
   *
   * @throws Invalid if there is none of that path for jobs
   */
  public SurfaceEndpoint find(String path) {
    SurfaceEndpoint found = byPath.get(path);
    if (found == null) {
      throw new Invalid(
          "endpoint",
          "endpoint must be one of %s, but is \"%s\""
              .formatted(String.join(", ", byPath.keySet()), Excerpt.of(path)));
    }
    return found;
  }

  /** What an endpoint says of a request that it refuses. */
  public Job.Response refusal(String path, Throwable e) {
    ErrorBody error = ErrorBody.of(e);
    return new Job.Response(ErrorBody.status(e), find(path).errorShape().apply(error));
  }

  /** The answer to a job, in the words of its endpoint. */
  StoredAnswer answer(JobRecord.Submitted job) {
    models.remember(job.model());
    return new StoredAnswer(
        find(job.endpoint()),
        JobFields.parse(job.body()),
        new Stamp(job.id(), job.createdAt().getEpochSecond()));
  }
}
