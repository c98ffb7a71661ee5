package io.millrace.engine;

import io.millrace.engine.EngineCommand.Cancel;
import io.millrace.engine.EngineCommand.Submit;
import io.millrace.engine.constraint.ChatGrammar;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.NamedConstraint;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests whose prompts are becoming tokens, on their way to the engine. Every method may be
 * called from any thread, and returns at once.
 */
final class PendingRequests implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PendingRequests.class);

  private final Supplier<GenerationFactory> factory;
  private final EncoderThreads threads;
  private final Consumer<EngineCommand> engine;
  private final LongSupplier nanoTime;

  /** By id; guarded by this, as is the order of what the engine is told. */
  private final Map<String, Pending> pending = new HashMap<>();

  private record Pending(
      GenerationRequest request,
      int attempt,
      PriorOutput prior,
      AnswerListener replies,
      long submittedAt) {
    void fail(FailureKind kind, String message, @Nullable String param) {
      try {
        replies.accept(new Reply.Failed(request.id(), attempt, 0, kind, message, param));
      } catch (RuntimeException e) {
        log.error("request {} failed, which could not be delivered", request.id(), e);
      }
    }
  }

  /**
   * @param factory asked when there is a request
   * @param engine takes commands without blocking
   * @param nanoTime the clock of the engine
   */
  PendingRequests(
      Supplier<GenerationFactory> factory,
      EncoderThreads threads,
      Consumer<EngineCommand> engine,
      LongSupplier nanoTime) {
    this.factory = factory;
    this.threads = threads;
    this.engine = engine;
    this.nanoTime = nanoTime;
  }

  /**
   * Has a request's prompt encoded, once what its answer must match is compiled, and submits it to
   * the engine.
   */
  void submit(GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    Pending submitted = new Pending(request, attempt, prior, replies, nanoTime.getAsLong());
    if (!add(submitted)) {
      submitted.fail(FailureKind.INVALID, "a request with this id is being answered already", null);
      return;
    }
    try {
      if (isConstrained(request)) {
        threads.compile(() -> attempt(submitted, this::compile));
      } else {
        threads.run(request.prompt(), () -> attempt(submitted, this::encode));
      }
    } catch (RejectedExecutionException closed) {
      remove(submitted);
    }
  }

  /** Cancels a request, wherever it is by now. */
  void cancel(String id, String why) {
    Pending cancelled;
    synchronized (this) {
      cancelled = pending.remove(id);
      if (cancelled == null) {
        engine.accept(new Cancel(id, why));
      }
    }
    if (cancelled != null) {
      cancelled.fail(FailureKind.CANCELLED, why, null);
    }
  }

  private static boolean isConstrained(GenerationRequest request) {
    NamedConstraint constraint = request.format().constraint();
    return request.prompt() instanceof Prompt.Chat chat
        ? ChatGrammar.isAsked(chat, constraint)
        : constraint != null;
  }

  private void compile(Pending one) {
    factory.get().compile(one.request);
    threads.run(one.request.prompt(), () -> attempt(one, this::encode));
  }

  private void encode(Pending one) {
    submit(one, factory.get().create(one.request, one.attempt, one.prior, one.replies));
  }

  private void attempt(Pending one, Consumer<Pending> step) {
    if (!isPending(one)) {
      return;
    }
    try {
      step.accept(one);
    } catch (Invalid e) {
      end(one, FailureKind.INVALID, String.valueOf(e.getMessage()), e.param());
    } catch (RejectedExecutionException closed) {
      remove(one);
    } catch (RuntimeException | Error e) {
      log.error("request {} could not be given to the engine", one.request.id(), e);
      end(one, FailureKind.UNAVAILABLE, "the prompt could not be encoded", null);
      if (e instanceof Error) {
        throw e;
      }
    }
  }

  private void end(Pending one, FailureKind kind, String message, @Nullable String param) {
    if (remove(one)) {
      one.fail(kind, message, param);
    }
  }

  private synchronized void submit(Pending one, Generation generation) {
    if (remove(one)) {
      engine.accept(new Submit(generation, new RequestStopwatch(one.submittedAt)));
    }
  }

  private synchronized boolean add(Pending one) {
    return pending.putIfAbsent(one.request.id(), one) == null;
  }

  private synchronized boolean isPending(Pending one) {
    return pending.get(one.request.id()) == one;
  }

  private synchronized boolean remove(Pending one) {
    return pending.remove(one.request.id(), one);
  }

  /** Begins no more. */
  @Override
  public void close() {
    threads.close();
  }
}
