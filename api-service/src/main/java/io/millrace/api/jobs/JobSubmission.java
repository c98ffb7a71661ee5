package io.millrace.api.jobs;

import io.millrace.api.answer.Stamp;
import io.millrace.api.body.JsonBody;
import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.Question;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.api.results.ResultsWriter;
import io.millrace.api.results.StoredRecords;
import io.millrace.protocol.Echo;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.RequestClass;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way of a job into the queue: it is stored, then asked, then said to be in the queue, and only
 * then taken. Whoever asks again under the same key has the same job, at whichever api.
 *
 * <p>Of several that come at once under one key the first in the topic counts. One that was stored
 * and, as its api died, never said to be in the queue, is asked by whoever comes back for it: under
 * the same id, and with the same random numbers, so that asking twice changes no answer.
 */
@Component
public final class JobSubmission {
  /** Seeds stay exact in every JSON reader, those with doubles only included. */
  private static final long SEED_BOUND = 1L << 53;

  /** After which whoever stored a job does not come to ask it any more. */
  private static final Duration ABANDONED = Duration.ofMinutes(1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final JobEndpoints endpoints;
  private final ApiOptions options;
  private final JobIndex index;
  private final ResultsWriter results;
  private final StoredRecords stored;
  private final RequestDispatcher dispatcher;

  JobSubmission(
      JobEndpoints endpoints,
      ApiOptions options,
      JobIndex index,
      ResultsWriter results,
      StoredRecords stored,
      RequestDispatcher dispatcher) {
    this.endpoints = endpoints;
    this.options = options;
    this.index = index;
    this.results = results;
    this.stored = stored;
    this.dispatcher = dispatcher;
  }

  /**
   * A job in the queue.
   *
   * @param known whether it was there before
   */
  record Taken(JobEntry entry, boolean known) {}

  /**
   * The circumstances in which a job is submitted.
   *
   * @param key the digest of the client's key; null for none
   * @param fingerprint of what is submitted; null without a key
   * @param traceparent the client's trace; null for none
   */
  private record Occasion(
      String id,
      Instant now,
      Instant deadline,
      @Nullable String key,
      @Nullable String fingerprint,
      @Nullable String traceparent) {}

  /**
   * Takes a job once subscribed.
   *
   * @param key the digest of the client's key; null for none
   * @param traceparent the client's trace; null for none
   * @param asked is told what is asked, and may refuse it, unless the job is known
   */
  Mono<Taken> submit(
      JobFields fields,
      @Nullable String key,
      @Nullable String traceparent,
      Consumer<Question> asked) {
    return Mono.defer(
            () -> {
              String fingerprint = key == null ? null : CanonicalJson.digest(fields.canonical());
              JobEntry before = key == null ? null : index.findByKey(key).orElse(null);
              return before == null
                  ? store(fields, occasion(fields, key, fingerprint, traceparent), asked)
                  : again(before, String.valueOf(fingerprint));
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * Takes a job once subscribed, under an id that its caller has for it: if it is there already, as
   * one has submitted it who died, it is that one.
   *
   * @param traceparent the trace of whoever asked for it; null for none
   */
  public Mono<JobEntry> submit(
      String id, JobFields fields, Instant deadline, @Nullable String traceparent) {
    return Mono.defer(
            () -> {
              JobEntry before = index.find(id).orElse(null);
              if (before == null) {
                Instant now = Instant.now();
                return store(
                    fields,
                    new Occasion(id, now, deadline, null, null, traceparent),
                    question -> {});
              }
              return isQueued(before) ? Mono.just(new Taken(before, true)) : askAgain(before);
            })
        .map(Taken::entry)
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static Occasion occasion(
      JobFields fields,
      @Nullable String key,
      @Nullable String fingerprint,
      @Nullable String traceparent) {
    String id = "job_" + UUID.randomUUID().toString().replace("-", "");
    Instant now = Instant.now();
    return new Occasion(
        id, now, now.plus(fields.completionWindow()), key, fingerprint, traceparent);
  }

  private Mono<Taken> store(JobFields fields, Occasion now, Consumer<Question> listener) {
    if (index.isFull()) {
      throw new RequestFailed(
          FailureKind.OVERLOADED, "too many jobs are kept, and none has ended; try again later");
    }
    options.jobs().callbackHosts().check(fields.callbackUrl());
    Question asked = question(fields.endpoint(), fields.body(), now.id, now.now);
    RequestClass requestClass = fields.requestClass(asked.scheduling().tier());
    Question question = asked.in(requestClass);
    listener.accept(question);
    JobRecord.Submitted job =
        new JobRecord.Submitted(
            now.id,
            fields.endpoint(),
            question.model(),
            told(fields.body(), question),
            requestClass,
            now.now,
            now.deadline,
            results.events(now.id),
            fields.metadata(),
            fields.callbackUrl(),
            now.key,
            now.fingerprint,
            now.traceparent);
    Mono<?> storing = results.submit(job);
    String key = now.key;
    return key == null
        ? storing.then(ask(job, question))
        : storing.then(first(key)).flatMap(first -> ask(job, question, first));
  }

  /** The body, with the tier that the job gets if its client said something of it. */
  private static JsonNode told(JsonBody body, Question question) {
    return body.has("service_tier")
        ? ((ObjectNode) body.sent().deepCopy())
            .put("service_tier", question.scheduling().tier().label())
        : body.sent();
  }

  /** Refuses what the endpoint would refuse, before it is queued. */
  private Question question(String endpoint, JsonBody body, String id, Instant createdAt) {
    Stamp stamp = new Stamp(id, createdAt.getEpochSecond());
    Question question = endpoints.find(endpoint).inquiry(stamp, body).question();
    if (question.stream()) {
      throw new Invalid(
          "stream",
          "stream must be false in a job, whose answer can be read whole and as events alike");
    }
    return question;
  }

  /** The first job under a key, once the index has read the topic up to this one's. */
  private Mono<JobEntry> first(String key) {
    return Mono.defer(() -> Mono.justOrEmpty(index.findByKey(key)))
        .repeatWhenEmpty(looks -> looks.delayElements(LOOK))
        .timeout(PATIENCE)
        .onErrorMap(TimeoutException.class, late -> notYet());
  }

  private Mono<Taken> ask(JobRecord.Submitted job, Question question, JobEntry first) {
    return first.id().equals(job.id())
        ? ask(job, question)
        : results.takeBack(job).then(again(first, String.valueOf(job.fingerprint())));
  }

  private Mono<Taken> ask(JobRecord.Submitted job, Question question) {
    GenerationRequest request =
        question
            .request(
                job.id(),
                seed(job.id()),
                isStreamed(job, question),
                job.createdAt(),
                job.deadline(),
                job.events())
            .withEcho(Echo.ofTrace(job.traceparent()));
    return dispatcher
        .send(request, job.requestClass())
        .flatMap(
            place ->
                results.write(
                    JobRecord.State.ofApi(job.id(), JobStatus.QUEUED, Instant.now(), place, null)))
        .then(Mono.defer(() -> Mono.justOrEmpty(index.find(job.id()))))
        .map(entry -> new Taken(entry, false));
  }

  /** The same whenever the job is asked. */
  private static long seed(String id) {
    UUID digest = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    return Math.floorMod(digest.getLeastSignificantBits(), SEED_BOUND);
  }

  /**
   * Whether the answer is stored piece by piece. That of a batch is stored in one piece, which
   * costs the broker one record; so is one that cannot be told before it is complete.
   */
  private static boolean isStreamed(JobRecord.Submitted job, Question question) {
    if (job.requestClass() == RequestClass.BATCH) {
      return false;
    }
    try {
      question.output().checkStream();
      return true;
    } catch (Invalid whole) {
      return false;
    }
  }

  private Mono<Taken> again(JobEntry known, String fingerprint) {
    if (!fingerprint.equals(known.fingerprint())) {
      return Mono.error(
          new ResponseStatusException(
              HttpStatus.UNPROCESSABLE_CONTENT,
              "the Idempotency-Key was used before for another job, %s".formatted(known.id())));
    }
    if (isQueued(known)) {
      return Mono.just(new Taken(known, true));
    }
    if (known.createdAt().plus(ABANDONED).isBefore(Instant.now())) {
      return askAgain(known);
    }
    return index
        .await(known.id(), JobSubmission::isQueued)
        .timeout(PATIENCE)
        .onErrorMap(TimeoutException.class, late -> notYet())
        .map(entry -> new Taken(entry, true));
  }

  /** Asks one that was stored, and perhaps never asked. */
  private Mono<Taken> askAgain(JobEntry known) {
    return stored
        .job(known.submission())
        .cast(JobRecord.Submitted.class)
        .flatMap(job -> ask(job, question(job)))
        .map(taken -> new Taken(taken.entry(), true));
  }

  private Question question(JobRecord.Submitted job) {
    JsonBody body = JobFields.parse(job.body());
    return question(job.endpoint(), body, job.id(), job.createdAt()).in(job.requestClass());
  }

  /** Whether its request was asked for certain. */
  private static boolean isQueued(JobEntry entry) {
    return entry.request() != null || entry.first() != null || entry.isEnded();
  }

  private static RequestFailed notYet() {
    return new RequestFailed(
        FailureKind.UNAVAILABLE, "the job is being submitted under this key; try again later");
  }
}
