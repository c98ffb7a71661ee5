package io.millrace.api.batches;

import io.millrace.api.body.BodyReader;
import io.millrace.api.body.ListParameters;
import io.millrace.api.body.ObjectList;
import io.millrace.api.jobs.JobEndpoints;
import io.millrace.api.metrics.AccessLog;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** OpenAI's endpoints for batches. */
@RestController
record BatchesController(BatchStore store, BatchService service, JobEndpoints endpoints) {
  private static final Set<String> PARAMETERS = Set.of("limit", "after");
  private static final int USUAL = 20;
  private static final int MOST = 100;

  @PostMapping("/v1/batches")
  Mono<Batch> create(ServerWebExchange http) {
    String traceparent = AccessLog.request(http).traceparent();
    return BodyReader.read(http.getRequest())
        .map(BatchFields::of)
        .flatMap(fields -> onDisk(() -> create(fields, traceparent)));
  }

  private Batch create(BatchFields fields, @Nullable String traceparent) throws IOException {
    endpoints.find(fields.endpoint());
    Batch created = store.create(fields, traceparent).view();
    service.lookNow();
    return created;
  }

  @GetMapping("/v1/batches/{id}")
  Mono<Batch> show(@PathVariable String id) {
    return onDisk(() -> store.require(id).view());
  }

  @PostMapping("/v1/batches/{id}/cancel")
  Mono<Batch> cancel(@PathVariable String id) {
    return onDisk(() -> cancel(store.require(id)));
  }

  private static Batch cancel(BatchFolder folder) throws IOException {
    Batch batch = folder.view();
    switch (batch.status()) {
      case CANCELLING, CANCELLED -> {
        return batch;
      }
      case VALIDATING, IN_PROGRESS -> {
        folder.cancel();
        return folder.view();
      }
      default ->
          throw new ResponseStatusException(
              HttpStatus.CONFLICT,
              "the batch is %s, and cannot be cancelled any more"
                  .formatted(batch.status().label()));
    }
  }

  @GetMapping("/v1/batches")
  Mono<ObjectList<Batch>> list(ServerWebExchange http) {
    return onDisk(() -> list(http.getRequest().getQueryParams()));
  }

  private ObjectList<Batch> list(MultiValueMap<String, String> query) throws IOException {
    ListParameters parameters = ListParameters.of(query, PARAMETERS);
    int limit = parameters.limit(USUAL, MOST);
    List<Batch> rest = parameters.rest(store.list(), Batch::id, "batch");
    return ObjectList.of(rest.subList(0, Math.min(limit + 1, rest.size())), limit, Batch::id);
  }

  private static <T> Mono<T> onDisk(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }
}
