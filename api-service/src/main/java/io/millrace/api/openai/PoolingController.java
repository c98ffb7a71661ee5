package io.millrace.api.openai;

import io.millrace.api.body.BodyReader;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.FailureKind;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The endpoints that need an embedding or a scoring model, of which none is served: says so, for a
 * model that is served as for one that is not.
 */
@RestController
record PoolingController(ServedModels models) {

  @PostMapping("/v1/embeddings")
  Mono<Void> embeddings(ServerWebExchange http) {
    return refuse(http, "gives no embeddings");
  }

  @PostMapping({"/rerank", "/v1/rerank", "/v2/rerank", "/score", "/v1/score"})
  Mono<Void> scores(ServerWebExchange http) {
    return refuse(http, "gives no scores");
  }

  private Mono<Void> refuse(ServerWebExchange http, String what) {
    return BodyReader.read(http.getRequest())
        .map(body -> models.resolve(body.get("model", String.class)))
        .flatMap(
            model ->
                Mono.error(
                    new RequestFailed(
                        FailureKind.INVALID,
                        "the model \"%s\" generates text; it %s".formatted(model, what),
                        "model")));
  }
}
