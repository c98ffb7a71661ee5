package io.millrace.api.answer;

import io.millrace.api.body.BodyReader;
import io.millrace.api.body.JsonBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.CompletionService;
import io.millrace.api.exchange.Question;
import io.millrace.api.metrics.AccessLog;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.tenant.TenantLimits;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * The handler of every question: takes it from HTTP and gives its answer back, whole or as events.
 */
@Component
public final class AnswerHandler {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Tells of a request whose model has no worker what it waits for. */
  static final String WAITING_FOR = "X-Millrace-Waiting-For";

  /** What a request waits for whose model has no worker. */
  public static final String WORKER = "worker";

  private final CompletionService service;
  private final EventStreams streams;
  private final RequestLimits limits;

  AnswerHandler(CompletionService service, StreamSettings streams, RequestLimits limits) {
    this.service = service;
    this.limits = limits;
    this.streams = new EventStreams(service, streams);
  }

  /** Answers one request, or goes on with a stream, if the request says so. */
  public Mono<Void> answer(ServerWebExchange http, Inquiry.Reader reader) {
    RequestMetrics request = AccessLog.request(http);
    ServerHttpResponse response = http.getResponse();
    return BodyReader.read(http.getRequest())
        .map(body -> asked(http.getRequest(), request.id(), reader, body))
        .doOnNext(asked -> request.asks(asked.inquiry().question().model()))
        .flatMap(asked -> answer(response, request, asked))
        .doOnError(Invalid.class, e -> request.failed(FailureKind.INVALID))
        .doOnError(RequestFailed.class, e -> request.failed(e.kind()));
  }

  private Mono<Void> answer(ServerHttpResponse response, RequestMetrics request, Asked asked) {
    Question question = asked.inquiry().question();
    if (asked.resumed()) {
      return streams.write(response, request, asked);
    }
    request.params(question.output(), question.stop());
    if (!service.isServed(question.model())) {
      response.getHeaders().set(WAITING_FOR, WORKER);
    }
    TenantLimits.Reservation reserved = limits.reserve(request, question, response.getHeaders());
    Mono<Void> answer =
        question.stream()
            ? streams.write(response, request, asked)
            : whole(response, request, asked);
    return answer.doFinally(end -> reserved.settle(request.totalTokens()));
  }

  /**
   * Tells an answer that is stored as events.
   *
   * @param replies to its request, from the first on
   * @param after events that the client has had
   */
  public Mono<Void> events(
      ServerHttpResponse response, StoredAnswer answer, Flux<Reply> replies, int after) {
    return streams.write(response, answer.events(replies, after));
  }

  private Asked asked(ServerHttpRequest http, String id, Inquiry.Reader reader, JsonBody body) {
    int question =
        StreamId.question(http.getPath().pathWithinApplication().value(), body.checksum());
    EventId last = last(http, question);
    Stamp stamp =
        last == null ? new Stamp(id, Instant.now().getEpochSecond()) : last.stream().stamp();
    SentNames names = SentNames.of(body);
    try {
      Inquiry inquiry = reader.read(stamp, body);
      EventId after =
          last == null ? EventId.before(new StreamId(stamp, service.place(), question)) : last;
      return new Asked(inquiry, names, after, last != null);
    } catch (Invalid | RequestFailed e) {
      throw Exceptions.propagate(names.told(e));
    }
  }

  /** The event after which a stream is to go on; null for a question that is new. */
  private static @Nullable EventId last(ServerHttpRequest http, int question) {
    String sent = http.getHeaders().getFirst(EventId.HEADER);
    if (sent == null || sent.isBlank()) {
      return null;
    }
    EventId last = EventId.parse(sent.strip());
    if (last.stream().question() != question) {
      throw new Invalid(
          EventId.HEADER,
          EventId.HEADER + " is of a stream that was asked for with another path or body");
    }
    return last;
  }

  private Mono<Void> whole(ServerHttpResponse response, RequestMetrics request, Asked asked) {
    Inquiry inquiry = asked.inquiry();
    return service
        .ask(request, inquiry.question())
        .onErrorMap(asked.names()::told)
        .collectList()
        .map(replies -> JSON.writeValueAsBytes(inquiry.format().whole(aggregated(replies))))
        .flatMap(
            body -> {
              response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
              response.getHeaders().setContentLength(body.length);
              return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
            });
  }

  static Reply.Finished aggregated(List<Reply> replies) {
    DeltaAggregator deltas = new DeltaAggregator();
    return replies.stream()
        .map(deltas::take)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "an answer of " + replies.size() + " replies has no end"));
  }
}
