package io.millrace.api.answer;

import io.millrace.api.body.BodyReader;
import io.millrace.api.body.JsonBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.CompletionService;
import io.millrace.api.metrics.AccessLog;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
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

  private final CompletionService service;
  private final StreamSettings streams;

  AnswerHandler(CompletionService service, StreamSettings streams) {
    this.service = service;
    this.streams = streams;
  }

  /** Answers one request. What fails before the first line has a status of its own. */
  public Mono<Void> answer(ServerWebExchange http, Inquiry.Reader reader) {
    RequestMetrics request = AccessLog.request(http);
    return BodyReader.read(http.getRequest())
        .map(body -> Asked.of(reader, request.id(), body))
        .doOnNext(asked -> request.asks(asked.inquiry().question().model()))
        .doOnError(Invalid.class, e -> request.failed(FailureKind.INVALID))
        .doOnError(RequestFailed.class, e -> request.failed(e.kind()))
        .flatMap(
            asked ->
                asked.inquiry().question().stream()
                    ? stream(http.getResponse(), request, asked)
                    : whole(http.getResponse(), request, asked));
  }

  /** An inquiry, with the names that its client has for its fields. */
  private record Asked(Inquiry inquiry, SentNames names) {
    static Asked of(Inquiry.Reader reader, String id, JsonBody body) {
      SentNames names = SentNames.of(body);
      try {
        return new Asked(reader.read(id, body), names);
      } catch (Invalid | RequestFailed e) {
        throw Exceptions.propagate(names.told(e));
      }
    }
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

  private Mono<Void> stream(ServerHttpResponse response, RequestMetrics request, Asked asked) {
    Inquiry inquiry = asked.inquiry();
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.TEXT_EVENT_STREAM);
    headers.setCacheControl("no-cache");
    // Proxies of the nginx kind hold back small pieces unless told not to.
    headers.set("X-Accel-Buffering", "no");
    StreamLines lines = new StreamLines(streams, inquiry.format()::failure);
    Flux<String> events =
        service
            .ask(request, inquiry.question(), lines::admitted)
            .onErrorMap(asked.names()::told)
            .switchOnFirst(
                (first, replies) ->
                    first.isOnNext()
                        ? events(inquiry.format(), replies)
                        : replies.cast(String.class));
    return response.writeAndFlushWith(
        lines.of(events).map(line -> Mono.just(buffer(response, line))));
  }

  /** The events of a stream that has begun. */
  private static Flux<String> events(AnswerFormat format, Flux<Reply> replies) {
    StreamEvents answer = new StreamEvents(format);
    return Flux.concat(
        Flux.fromIterable(format.opening()).map(StreamLines::event),
        replies.concatMapIterable(reply -> events(answer, reply, format.endsWithDone())));
  }

  private static List<String> events(StreamEvents answer, Reply reply, boolean done) {
    List<String> events = new ArrayList<>();
    answer.events(reply).forEach(value -> events.add(StreamLines.event(value)));
    if (done && reply.isLast()) {
      events.add(StreamLines.DONE);
    }
    return events;
  }

  private static Reply.Finished aggregated(List<Reply> replies) {
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

  private static DataBuffer buffer(ServerHttpResponse response, String line) {
    return response.bufferFactory().wrap(line.getBytes(StandardCharsets.UTF_8));
  }
}
