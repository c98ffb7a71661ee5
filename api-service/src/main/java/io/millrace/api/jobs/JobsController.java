package io.millrace.api.jobs;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.RequestLimits;
import io.millrace.api.body.BodyReader;
import io.millrace.api.body.ObjectList;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.AccessLog;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.api.results.ResultsReady;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The endpoints for jobs. */
@RestController
final class JobsController {
  private static final String REPLAYED = "Idempotent-Replayed";

  /** How long an api may take to hear of a job that another one has taken. */
  private static final Duration INDEX_DELAY = Duration.ofMillis(500);

  private final JobSubmission submission;
  private final JobCancel cancel;
  private final JobViews views;
  private final JobEvents events;
  private final JobIndex index;
  private final ResultsReady ready;
  private final AnswerHandler answers;
  private final ApiOptions options;
  private final RequestLimits limits;

  JobsController(
      JobSubmission submission,
      JobCancel cancel,
      JobViews views,
      JobEvents events,
      JobIndex index,
      ResultsReady ready,
      AnswerHandler answers,
      ApiOptions options,
      RequestLimits limits) {
    this.submission = submission;
    this.cancel = cancel;
    this.views = views;
    this.events = events;
    this.index = index;
    this.ready = ready;
    this.answers = answers;
    this.options = options;
    this.limits = limits;
  }

  @PostMapping("/v1/jobs")
  Mono<ResponseEntity<Job>> submit(ServerWebExchange http) {
    ready.require();
    HttpHeaders headers = http.getRequest().getHeaders();
    RequestMetrics asker = AccessLog.request(http);
    HttpHeaders answer = http.getResponse().getHeaders();
    return BodyReader.read(http.getRequest())
        .map(JobFields::of)
        .flatMap(
            fields ->
                submission.submit(
                    fields,
                    JobHeaders.key(headers),
                    asker.traceparent(),
                    question -> limits.charge(asker, question, answer)))
        .flatMap(
            taken ->
                views
                    .of(taken.entry())
                    .map(
                        job -> {
                          ResponseEntity.BodyBuilder response =
                              ResponseEntity.accepted().location(location(taken.entry()));
                          if (taken.known()) {
                            response.header(REPLAYED, "true");
                          }
                          return response.body(job);
                        }));
  }

  private URI location(JobEntry entry) {
    return URI.create(options.rootPath() + "/v1/jobs/" + entry.id());
  }

  @GetMapping("/v1/jobs/{id}")
  Mono<Job> show(@PathVariable String id) {
    return find(id).flatMap(views::of);
  }

  @DeleteMapping("/v1/jobs/{id}")
  Mono<Job> cancel(@PathVariable String id) {
    return find(id).flatMap(cancel::cancel).flatMap(views::of);
  }

  @GetMapping("/v1/jobs/{id}/events")
  Mono<Void> events(@PathVariable String id, ServerWebExchange http) {
    int after = JobHeaders.lastEvent(http.getRequest().getHeaders());
    return find(id)
        .flatMap(
            entry ->
                views
                    .submission(entry)
                    .flatMap(
                        job ->
                            answers.events(
                                http.getResponse(), views.answer(job), events.of(entry), after)));
  }

  @GetMapping("/v1/jobs")
  ObjectList<Job.Summary> list(ServerWebExchange http) {
    ready.require();
    JobFilter filter = JobFilter.of(http.getRequest().getQueryParams(), index);
    List<Job.Summary> found =
        index.list(filter::wants, filter.after(), filter.limit() + 1).stream()
            .map(filter::summary)
            .toList();
    return ObjectList.of(found, filter.limit(), Job.Summary::id);
  }

  private Mono<JobEntry> find(String id) {
    ready.require();
    return Mono.justOrEmpty(index.find(id))
        .switchIfEmpty(
            index
                .await(id, any -> true)
                .timeout(INDEX_DELAY)
                .onErrorMap(
                    TimeoutException.class,
                    never ->
                        new RequestFailed(
                            FailureKind.NOT_FOUND,
                            "there is no job \"%s\"".formatted(Excerpt.of(id)),
                            "id")));
  }
}
