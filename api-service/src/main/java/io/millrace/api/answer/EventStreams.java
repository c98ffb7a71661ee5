package io.millrace.api.answer;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.CompletionService;
import io.millrace.api.exchange.QueueListener;
import io.millrace.api.exchange.StreamCut;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.kafka.MissingReplies;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** The answers that are told as events, from their beginning or from behind a client's last one. */
final class EventStreams {
  private final CompletionService service;
  private final StreamSettings settings;

  EventStreams(CompletionService service, StreamSettings settings) {
    this.service = service;
    this.settings = settings;
  }

  /** Writes the events of an answer; what fails before the first line has a status of its own. */
  Mono<Void> write(ServerHttpResponse response, RequestMetrics request, Asked asked) {
    AnswerFormat format = asked.inquiry().format();
    setHeaders(response);
    String model = asked.inquiry().question().model();
    StreamLines lines =
        new StreamLines(
            settings,
            format::failure,
            () -> service.isServed(model) ? StreamLines.PING : StreamLines.NO_WORKER);
    Flux<String> events =
        replies(request, asked, new Beginning(response, lines, asked.last()))
            .onErrorMap(asked.names()::told)
            .onErrorMap(MissingReplies.class, EventStreams::missing)
            .switchOnFirst(
                (first, replies) ->
                    first.isOnNext()
                        ? events(new NumberedEvents(format, asked.last()), replies)
                        : replies.cast(String.class));
    return write(response, lines, events);
  }

  private static Mono<Void> write(
      ServerHttpResponse response, StreamLines lines, Flux<String> events) {
    // One at a time, as what waits for a slow client is joined where it comes from.
    Flux<String> told = lines.of(events).publishOn(EventLoops.of(response), 1);
    return response
        .writeAndFlushWith(told.map(line -> Mono.just(buffer(response, line))))
        .onErrorResume(StreamCut.class, cut -> close(response));
  }

  /** Writes the lines of an answer that is stored, the last of which tells a failure. */
  Mono<Void> write(ServerHttpResponse response, Flux<String> events) {
    setHeaders(response);
    StreamLines lines = new StreamLines(settings, error -> error, () -> StreamLines.PING);
    lines.admitted();
    return write(response, lines, events);
  }

  private static void setHeaders(ServerHttpResponse response) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.TEXT_EVENT_STREAM);
    headers.setCacheControl("no-cache");
    // Proxies of the nginx kind hold back small pieces unless told not to.
    headers.set("X-Accel-Buffering", "no");
  }

  private Flux<List<Reply>> replies(RequestMetrics request, Asked asked, Beginning beginning) {
    StreamId stream = asked.last().stream();
    return asked.resumed()
        ? service.resume(
            request,
            stream.stamp().id(),
            stream.place(),
            asked.last().position(),
            beginning::queued)
        : service.stream(request, asked.inquiry().question(), beginning);
  }

  /**
   * What a stream says before its first event: that it is there, and its id in the head, as there
   * is no other way to say how to go on. One that nothing is stored of cannot be gone on with, and
   * has none.
   */
  private static final class Beginning implements QueueListener {
    private final StreamLines lines;
    private volatile boolean stored = true;

    private Beginning(ServerHttpResponse response, StreamLines lines, EventId id) {
      this.lines = lines;
      response.beforeCommit(
          () ->
              Mono.fromRunnable(
                  () -> {
                    if (stored) {
                      response.getHeaders().set(EventId.HEADER, id.toString());
                    }
                  }));
    }

    @Override
    public void waits() {
      stored = false;
      lines.admitted();
    }

    @Override
    public void queued() {
      stored = true;
      lines.admitted();
    }
  }

  /** The events of a stream that has begun. */
  private static Flux<String> events(NumberedEvents events, Flux<List<Reply>> replies) {
    return Flux.concat(
        Flux.defer(() -> Flux.fromIterable(events.opening())),
        replies.concatMapIterable(events::of));
  }

  private static Throwable missing(MissingReplies e) {
    return e.deleted()
        ? new ResponseStatusException(
            HttpStatus.GONE, "the stream can no longer be resumed: its replies have been deleted")
        : new RequestFailed(
            FailureKind.NOT_FOUND,
            "there is no stream with the event that %s names".formatted(EventId.HEADER),
            EventId.HEADER);
  }

  /**
   * Closes the connection, so that the end of what was sent is not taken for that of the answer.
   */
  private static Mono<Void> close(ServerHttpResponse response) {
    HttpServerResponse connection = ServerHttpResponseDecorator.getNativeResponse(response);
    return Mono.create(
        closed ->
            connection.withConnection(
                it -> {
                  it.onDispose(closed::success);
                  it.channel().close();
                }));
  }

  private static DataBuffer buffer(ServerHttpResponse response, String line) {
    return response.bufferFactory().wrap(line.getBytes(StandardCharsets.UTF_8));
  }
}
