package io.millrace.api.answer;

import io.millrace.api.body.JsonBody;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.exchange.StreamCut;
import io.millrace.protocol.Reply;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;

/**
 * The answer to a question that was asked before, told from the replies that are stored: as its
 * endpoint would have told it. Events are numbered from 1, the same whoever tells them.
 */
public final class StoredAnswer {
  private final SurfaceEndpoint endpoint;
  private final JsonBody body;
  private final Stamp stamp;

  /**
   * @param body as it was sent
   */
  public StoredAnswer(SurfaceEndpoint endpoint, JsonBody body, Stamp stamp) {
    this.endpoint = endpoint;
    this.body = body;
    this.stamp = stamp;
  }

  /** The whole answer, which becomes JSON. */
  public Object whole(List<Reply> replies) {
    return format().whole(AnswerHandler.aggregated(replies));
  }

  private AnswerFormat format() {
    return endpoint.inquiry(stamp, body).format();
  }

  /** What the endpoint says where there is no answer, which becomes JSON. */
  public Object error(Throwable e) {
    return endpoint.errorShape().apply(ErrorBody.of(SentNames.of(body).told(e)));
  }

  /**
   * The events of a stream as lines; a failure is the last of them, but for {@link StreamCut}.
   *
   * @param after events that are not told: the client has had them
   */
  public Flux<String> events(Flux<Reply> replies, int after) {
    return Flux.defer(() -> numbered(replies, after));
  }

  private Flux<String> numbered(Flux<Reply> replies, int after) {
    AnswerFormat format = format();
    StreamEvents answer = new StreamEvents(format);
    AtomicInteger number = new AtomicInteger();
    return Flux.concat(
            Flux.fromIterable(format.opening()), replies.concatMapIterable(answer::events))
        .onErrorResume(e -> !(e instanceof StreamCut), e -> Flux.just(failure(format, e)))
        .filter(value -> number.incrementAndGet() > after)
        .map(value -> StreamLines.event(number.toString(), value));
  }

  private Object failure(AnswerFormat format, Throwable e) {
    return format.failure(ErrorBody.of(SentNames.of(body).told(e)));
  }
}
