package io.millrace.standalone.bench;

import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * An engine without a model whose steps all take the same time: a token a step to each request that
 * it has, as many as {@code max_tokens} says.
 */
final class SimulatedEngine implements GenerationEngine {
  private final Map<String, Answer> running = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::run, "simulated-engine");
  private final long stepNanos;
  private volatile boolean closed;

  /** One request. Replies are told by the engine's thread alone. */
  private static final class Answer {
    private final GenerationRequest request;
    private final int attempt;
    private final int tokens;
    private final Consumer<Reply> replies;
    private int next;

    private Answer(GenerationRequest request, int attempt, Consumer<Reply> replies) {
      this.request = request;
      this.attempt = attempt;
      Integer asked = request.stop().maxTokens();
      this.tokens = asked == null ? 1 : asked;
      this.replies = replies;
    }
  }

  SimulatedEngine(Duration step) {
    stepNanos = step.toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void submit(
      GenerationRequest request, int attempt, PriorOutput prior, Consumer<Reply> replies) {
    running.put(request.id(), new Answer(request, attempt, replies));
  }

  private void run() {
    long next = System.nanoTime();
    while (!closed) {
      next = Math.max(next + stepNanos, System.nanoTime() - stepNanos);
      for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      running.values().forEach(this::step);
    }
  }

  private void step(Answer answer) {
    GenerationRequest request = answer.request;
    int token = answer.next++;
    if (token < answer.tokens - 1) {
      answer.replies.accept(
          new Reply.Delta(request.id(), answer.attempt, token + 1, token, " word"));
    } else if (running.remove(request.id(), answer)) {
      Reply.Choice last =
          new Reply.Choice(
              0, token, AnswerPiece.of(" end"), FinishReason.LENGTH, List.of(token), List.of());
      answer.replies.accept(
          new Reply.Finished(request.id(), answer.attempt, last, new Usage(1, answer.tokens)));
    }
  }

  @Override
  public void cancel(String id, String why) {
    Answer answer = running.remove(id);
    if (answer != null) {
      answer.replies.accept(
          new Reply.Failed(id, answer.attempt, answer.tokens, FailureKind.CANCELLED, why, null));
    }
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(running.size(), 0, 0, "none", 4096, 1_000_000, null);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
