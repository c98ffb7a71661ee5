package io.millrace.standalone.bench;

import io.millrace.engine.AnswerListener;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a model, whose steps take a fixed time or none: a token a step to each request
 * it has, as many as {@code max_tokens} says. It notes when it got each request and when it began
 * its last word.
 */
final class SimulatedEngine implements GenerationEngine {
  private final BlockingQueue<Answer> mailbox = new LinkedBlockingQueue<>();
  private final Map<String, Answer> open = new ConcurrentHashMap<>();
  private final Map<String, Long> taken = new ConcurrentHashMap<>();
  private final Map<String, Long> told = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::run, "simulated-engine");
  private final long stepNanos;

  /** One request; but for the cancel touched by the engine's thread alone. */
  private static final class Answer {
    private final GenerationRequest request;
    private final int attempt;
    private final int tokens;
    private final AnswerListener replies;
    private int next;
    private volatile @Nullable String cancelled;

    private Answer(GenerationRequest request, int attempt, AnswerListener replies) {
      this.request = request;
      this.attempt = attempt;
      Integer asked = request.stop().maxTokens();
      this.tokens = asked == null ? 1 : asked;
      this.replies = replies;
    }
  }

  /** One that answers at once. */
  SimulatedEngine() {
    this(Duration.ZERO);
  }

  /**
   * @param step how long a step takes, whatever the number of requests
   */
  SimulatedEngine(Duration step) {
    stepNanos = step.toNanos();
    thread.setDaemon(true);
    thread.start();
  }

  /** When the engine got the request with this prompt, by {@code System.nanoTime}. */
  long takenAt(String prompt) {
    return taken.getOrDefault(prompt, 0L);
  }

  /** When it began to tell its end. */
  long toldAt(String prompt) {
    return told.getOrDefault(prompt, 0L);
  }

  /** Drops its notes. */
  void forget() {
    taken.clear();
    told.clear();
  }

  private static String prompt(GenerationRequest request) {
    return request.prompt() instanceof Prompt.Text text ? text.text() : "";
  }

  @Override
  public void submit(
      GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    taken.put(prompt(request), System.nanoTime());
    Answer answer = new Answer(request, attempt, replies);
    open.put(request.id(), answer);
    mailbox.add(answer);
  }

  private void run() {
    List<Answer> running = new ArrayList<>();
    long stepEnds = System.nanoTime();
    try {
      while (true) {
        if (running.isEmpty()) {
          running.add(mailbox.take());
        }
        mailbox.drainTo(running);
        stepEnds = compute(stepEnds);
        for (Iterator<Answer> each = running.iterator(); each.hasNext(); ) {
          if (step(each.next())) {
            each.remove();
          }
        }
      }
    } catch (InterruptedException closed) {
      // What is open gets no further reply.
    }
  }

  /**
   * Waits for as long as a step takes from the end of the last one, or from now where that is long
   * ago; when it has ended.
   */
  private long compute(long lastEnded) throws InterruptedException {
    long now = System.nanoTime();
    long ends = (now - lastEnded < stepNanos ? lastEnded : now) + stepNanos;
    if (ends > now) {
      TimeUnit.NANOSECONDS.sleep(ends - now);
    }
    return ends;
  }

  /** Tells a token; whether it was the last. */
  private boolean step(Answer answer) {
    GenerationRequest request = answer.request;
    String why = answer.cancelled;
    if (why != null) {
      end(
          answer,
          new Reply.Failed(
              request.id(), answer.attempt, answer.tokens, FailureKind.CANCELLED, why, null));
      return true;
    }
    int token = answer.next++;
    if (token < answer.tokens - 1) {
      answer.replies.accept(
          new Reply.Delta(request.id(), answer.attempt, token + 1, token, " word"));
      return false;
    }
    told.put(prompt(request), System.nanoTime());
    Reply.Choice last =
        new Reply.Choice(
            0, token, AnswerPiece.of(" end"), FinishReason.LENGTH, List.of(token), List.of());
    Usage usage = new Usage(1, answer.tokens);
    end(answer, new Reply.Finished(request.id(), answer.attempt, last, usage));
    return true;
  }

  private void end(Answer answer, Reply last) {
    open.remove(answer.request.id(), answer);
    answer.replies.accept(last);
  }

  @Override
  public void cancel(String id, String why) {
    Answer answer = open.get(id);
    if (answer != null) {
      answer.cancelled = why;
    }
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(open.size(), 0, 0, "none", 4096, 1_000_000, null);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
