package io.millrace.bench.serve;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A streamed answer, timed while it comes in. As in vLLM's benchmark a piece is a chunk with
 * choices, even one without text, as tokens may have none; but a chat's opening, which says nothing
 * but the role, is no piece, and a chunk that only says why the answer ended is one only where
 * there was no other; it moves the end.
 *
 * <p>An answer without an end (neither {@code finish_reason} nor {@code [DONE]}) has failed.
 */
final class StreamedAnswer implements BodySubscriber<Outcome> {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String DONE = "[DONE]";

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final SseParser parser = new SseParser(this::event);
  private final DoubleSupplier clock;
  private final double start;
  private final StringBuilder text = new StringBuilder();
  private final List<Double> gaps = new ArrayList<>();
  private int promptTokens;
  private int outputTokens;
  private double now;
  private double first = -1;
  private double last;
  private double end;
  private boolean ended;
  private @Nullable String error;

  /**
   * @param clock in seconds
   * @param start when the request was sent
   * @param promptTokens what the prompt has unless the server knows better
   */
  StreamedAnswer(DoubleSupplier clock, double start, int promptTokens) {
    this.clock = clock;
    this.start = start;
    this.promptTokens = promptTokens;
  }

  @Override
  public CompletionStage<Outcome> getBody() {
    return outcome;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    now = clock.getAsDouble();
    buffers.forEach(parser::accept);
  }

  @Override
  public void onError(Throwable failure) {
    fail("the answer broke off: " + failure);
    outcome.complete(outcome());
  }

  @Override
  public void onComplete() {
    parser.finish();
    if (first < 0) {
      fail("the answer has no token");
    } else if (!ended) {
      fail("the answer ended without its end");
    }
    outcome.complete(outcome());
  }

  private void event(String data) {
    if (data.equals(DONE)) {
      ended = true;
      return;
    }
    try {
      chunk(JSON.readTree(data));
    } catch (JacksonException e) {
      fail("a chunk of the answer is no JSON: " + data);
    }
  }

  private void chunk(JsonNode chunk) {
    if (chunk.hasNonNull("error")) {
      fail(chunk.path("error").path("message").asString(chunk.path("error").toString()));
    }
    JsonNode usage = chunk.path("usage");
    promptTokens = usage.path("prompt_tokens").asInt(promptTokens);
    outputTokens = usage.path("completion_tokens").asInt(outputTokens);
    if (!chunk.path("choices").isEmpty()) {
      choice(chunk.path("choices").get(0));
    }
  }

  private void choice(JsonNode choice) {
    JsonNode delta = choice.path("delta");
    String piece = choice.path("text").asString(delta.path("content").asString(""));
    boolean closing = choice.hasNonNull("finish_reason");
    boolean opening = delta.has("role");
    ended |= closing;
    text.append(piece);
    if (!piece.isEmpty() || (closing ? first < 0 : !opening)) {
      token();
    }
    end = now;
  }

  private void token() {
    if (first < 0) {
      first = now;
    } else {
      gaps.add(now - last);
    }
    last = now;
  }

  private void fail(String why) {
    if (error == null) {
      error = why;
    }
  }

  private Outcome outcome() {
    boolean any = first >= 0;
    return new Outcome(
        error,
        start,
        any ? end - start : 0,
        any ? first - start : 0,
        List.copyOf(gaps),
        text.toString(),
        promptTokens,
        outputTokens);
  }
}
