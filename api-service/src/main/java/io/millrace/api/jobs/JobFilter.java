package io.millrace.api.jobs;

import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JobStatus;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
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
    for (String name : query.keySet()) {
      if (!NAMES.contains(name)) {
        throw new Invalid(
            name,
            "\"%s\" is no parameter of this list; there are %s"
                .formatted(Excerpt.of(name), String.join(", ", new TreeSet<>(NAMES))));
      }
    }
    return new JobFilter(
        statuses(query.getFirst("status")),
        query.getFirst("endpoint"),
        query.getFirst("model"),
        after(query.getFirst("after"), index),
        limit(query.getFirst("limit")),
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

  private static int limit(@Nullable String text) {
    if (text == null) {
      return USUAL;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Invalid(
        "limit", "limit must be between 1 and %d, but is \"%s\"".formatted(MOST, Excerpt.of(text)));
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
