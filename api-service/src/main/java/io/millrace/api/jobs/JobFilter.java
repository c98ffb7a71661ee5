package io.millrace.api.jobs;

import io.millrace.api.body.ListParameters;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JobStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * Which jobs a list is to tell of.
 *
 * @param statuses the stages that are wanted
 * @param endpoint null for any
 * @param model the served name; null for any
 * @param after the job that they come after; null for the latest
 * @param limit how many at most
 * @param now when it is asked
 */
record JobFilter(
    Set<JobStatus> statuses,
    @Nullable String endpoint,
    @Nullable String model,
    @Nullable JobEntry after,
    int limit,
    Instant now) {
  private static final Set<String> NAMES = Set.of("status", "endpoint", "model", "after", "limit");
  private static final int USUAL = 20;
  private static final int MOST = 100;

  /**
   * Reads the parameters of a list.
   *
   * @throws Invalid naming the one at fault
   */
  static JobFilter of(MultiValueMap<String, String> query, JobIndex index) {
    ListParameters parameters = ListParameters.of(query, NAMES);
    return new JobFilter(
        statuses(parameters.get("status")),
        parameters.get("endpoint"),
        parameters.get("model"),
        after(parameters.get("after"), index),
        parameters.limit(USUAL, MOST),
        Instant.now());
  }

  private static Set<JobStatus> statuses(@Nullable String text) {
    if (text == null) {
      return EnumSet.allOf(JobStatus.class);
    }
    Set<JobStatus> wanted = EnumSet.noneOf(JobStatus.class);
    for (String label : text.split(",", -1)) {
      wanted.add(
          Arrays.stream(JobStatus.values())
              .filter(it -> it.label().equals(label.strip()))
              .findFirst()
              .orElseThrow(() -> noStatus(label)));
    }
    return wanted;
  }

  private static Invalid noStatus(String label) {
    String all =
        Arrays.stream(JobStatus.values()).map(JobStatus::label).collect(Collectors.joining(", "));
    return new Invalid(
        "status",
        "status must be some of %s, with commas between, but has \"%s\""
            .formatted(all, Excerpt.of(label)));
  }

  private static @Nullable JobEntry after(@Nullable String id, JobIndex index) {
    return id == null
        ? null
        : index
            .find(id)
            .orElseThrow(
                () ->
                    new Invalid(
                        "after",
                        "after must be the id of a job, but is \"%s\"".formatted(Excerpt.of(id))));
  }

  boolean wants(JobEntry job) {
    return statuses.contains(job.status(now))
        && (endpoint == null || endpoint.equals(job.endpoint()))
        && (model == null || model.equals(job.model()));
  }

  Job.Summary summary(JobEntry job) {
    return Job.Summary.of(job, job.status(now));
  }
}
