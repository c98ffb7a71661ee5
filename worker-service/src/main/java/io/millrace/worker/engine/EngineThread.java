package io.millrace.worker.engine;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import io.millrace.worker.engine.EngineCommand.Cancel;
import io.millrace.worker.engine.EngineCommand.Submit;
import io.millrace.worker.model.LanguageModel;
import io.millrace.worker.schedule.BlockManager;
import io.millrace.worker.schedule.Scheduler;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns engine, scheduler and model, and the mailbox that feeds it. Prompts are
 * turned into tokens on the callers' threads, so that a long one does not hold up the batch.
 */
public final class EngineThread implements GenerationEngine {
  private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

  private final LanguageModel model;
  private final BlockManager blocks;
  private final Engine engine;
  private final GenerationFactory factory;
  private final BlockingQueue<EngineCommand> mailbox = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "engine");
  private volatile boolean closing;
  private volatile EngineStatus status;

  /** Takes the model over and starts at once. */
  public EngineThread(
      LanguageModel model,
      GenerationFactory factory,
      int maxNumSequences,
      int maxNumBatchedTokens) {
    this.model = model;
    this.factory = factory;
    this.blocks = new BlockManager(model.numBlocks(), model.blockSize());
    this.engine =
        new Engine(
            model,
            new Scheduler(blocks, maxNumSequences, Math.max(maxNumBatchedTokens, maxNumSequences)));
    this.status = status(null);
    thread.start();
  }

  @Override
  public void submit(GenerationRequest request, int attempt, Consumer<Reply> replies) {
    Generation generation;
    try {
      generation = factory.create(request, attempt, replies);
    } catch (Invalid e) {
      String message = String.valueOf(e.getMessage());
      replies.accept(
          new Reply.Failed(request.id(), attempt, 0, FailureKind.INVALID, message, e.param()));
      return;
    }
    mailbox.add(new Submit(generation));
  }

  @Override
  public void cancel(String id, String why) {
    mailbox.add(new Cancel(id, why));
  }

  @Override
  public EngineStatus status() {
    return status;
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (model) {
      while (!closing) {
        runOnce();
      }
    } catch (InterruptedException e) {
      log.debug("the engine was told to stop");
    } catch (Throwable e) {
      // Nothing can be answered any more; health says so, and the leases pass to other workers.
      log.error("the engine has stopped", e);
      status = status("the engine has stopped: " + e);
    }
  }

  /** Waits for work if there is none, takes all that other threads asked for, and steps once. */
  private void runOnce() throws InterruptedException {
    EngineCommand command = engine.hasWork() ? mailbox.poll() : mailbox.take();
    for (; command != null; command = mailbox.poll()) {
      engine.take(command);
    }
    if (engine.hasWork()) {
      engine.step();
    }
    status = status(null);
  }

  private EngineStatus status(@Nullable String failure) {
    EngineLimits limits = factory.limits();
    return new EngineStatus(
        engine.scheduler().numRunning(),
        engine.scheduler().numWaiting(),
        1 - (double) blocks.numFreeBlocks() / blocks.numBlocks(),
        model.device(),
        limits.maxInputLen(),
        limits.maxOutputLen(),
        failure);
  }
}
