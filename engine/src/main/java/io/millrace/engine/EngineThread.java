package io.millrace.engine;

import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.speculation.Drafter;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns engine, scheduler and model, and the mailbox that feeds it. Prompts are
 * turned into tokens on threads of their own, so that a long one holds up neither batch nor caller.
 */
public final class EngineThread implements GenerationEngine {
  private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

  /**
   * How long closing waits for the current step: the process is about to end, and a step that hangs
   * must not prevent that.
   */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  /**
   * A model, and the factory that turns requests into its sequences.
   *
   * @param drafter proposes tokens to be computed in advance; null for none
   */
  public record LoadedModel(
      LanguageModel model, GenerationFactory factory, @Nullable Drafter drafter) {
    /** A model without speculation. */
    public LoadedModel(LanguageModel model, GenerationFactory factory) {
      this(model, factory, null);
    }

    /** This with something around what proposes tokens, if anything does. */
    public LoadedModel withDrafter(UnaryOperator<Drafter> around) {
      return drafter == null ? this : new LoadedModel(model, factory, around.apply(drafter));
    }
  }

  private final Policy policy;
  private final boolean prefixCaching;
  private final BlockingQueue<EngineCommand> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<LoadedModel> ready = new CompletableFuture<>();
  private final LongSupplier nanoTime;
  private final PendingRequests pending;
  private final StepClock steps;
  private final Thread thread;
  private volatile boolean closing;
  private volatile EngineStatus status =
      new EngineStatus(0, 0, 0, "", 0, 0, "the model is being loaded");
  private volatile EngineListener listener = EngineListener.NONE;

  private EngineThread(
      Supplier<LoadedModel> loader, Policy policy, boolean prefixCaching, LongSupplier nanoTime) {
    this.policy = policy;
    this.prefixCaching = prefixCaching;
    this.nanoTime = nanoTime;
    this.steps = new StepClock(nanoTime);
    this.pending =
        new PendingRequests(
            () -> ready.join().factory(),
            new EncoderThreads(NativeHeap::trim),
            mailbox::add,
            nanoTime);
    this.thread = new Thread(() -> run(loader), "engine");
  }

  /**
   * Loads a model and runs it until closed.
   *
   * @param loader runs on the engine's thread, because OpenMP gives each thread that ever computed
   *     a team of its own, and a second team on the same cores slows both down
   * @param prefixCaching whether prompts may begin with what was computed for others
   * @throws RuntimeException what the loader throws
   */
  public static EngineThread start(
      Supplier<LoadedModel> loader, Policy policy, boolean prefixCaching) {
    return start(loader, policy, prefixCaching, System::nanoTime);
  }

  /** Starts an engine with another clock than the system's. */
  static EngineThread start(
      Supplier<LoadedModel> loader, Policy policy, boolean prefixCaching, LongSupplier nanoTime) {
    EngineThread engine = new EngineThread(loader, policy, prefixCaching, nanoTime);
    engine.thread.start();
    try {
      engine.ready.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    return engine;
  }

  @Override
  public void submit(
      GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies) {
    pending.submit(request, attempt, prior, replies);
  }

  @Override
  public void cancel(String id, String why) {
    pending.cancel(id, why);
  }

  @Override
  public void watch(EngineListener watcher) {
    listener = watcher;
    ready.join().factory().watch(watcher);
  }

  @Override
  public EngineStatus status() {
    return status.during(steps.running());
  }

  @Override
  public void close() {
    closing = true;
    pending.close();
    thread.interrupt();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      if (thread.isAlive()) {
        log.error("the engine is left behind in a step that does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Supplier<LoadedModel> loader) {
    LoadedModel loaded;
    try {
      loaded = loader.get();
    } catch (Throwable e) {
      ready.completeExceptionally(e);
      return;
    }
    try (GenerationFactory factory = loaded.factory();
        LanguageModel model = loaded.model();
        Drafter drafter = loaded.drafter()) {
      BlockManager blocks = new BlockManager(model.numBlocks(), model.blockSize(), prefixCaching);
      Scheduler scheduler = new Scheduler(blocks, policy);
      Engine engine = new Engine(model, scheduler, drafter, nanoTime, () -> listener);
      status = status(model, factory.limits(), engine, scheduler, blocks);
      ready.complete(loaded);
      try {
        while (!closing) {
          runOnce(engine);
          status = status(model, factory.limits(), engine, scheduler, blocks);
        }
      } catch (InterruptedException e) {
        log.debug("the engine was told to stop");
      } catch (Throwable e) {
        // Before the model is closed: nobody knows what a broken device does then.
        stopped(e);
      }
    } catch (Throwable e) {
      stopped(e);
    }
  }

  /** Nothing can be answered any more; health says so, and the leases pass to other workers. */
  private void stopped(Throwable cause) {
    if (cause instanceof DeviceFailure) {
      log.error(
          "the engine has stopped, its device {} failed: {}", status.device(), cause.getMessage());
      log.debug("the failure of the device", cause);
      status = failed("its device failed: " + cause.getMessage());
    } else {
      log.error("the engine has stopped", cause);
      status = failed("the engine has stopped: " + cause);
    }
    ready.completeExceptionally(cause);
  }

  /**
   * Waits for work if there is none, carries out all commands that are there, and computes one
   * step.
   */
  private void runOnce(Engine engine) throws InterruptedException {
    EngineCommand command = engine.hasWork() ? mailbox.poll() : mailbox.take();
    for (; command != null; command = mailbox.poll()) {
      engine.take(command);
    }
    if (engine.hasWork()) {
      steps.time(engine::step);
    }
  }

  private EngineStatus failed(String why) {
    EngineStatus last = status;
    return new EngineStatus(
        0,
        0,
        0,
        last.device(),
        last.maxInputLen(),
        last.maxOutputLen(),
        why,
        last.cache(),
        last.tokens(),
        last.drafts(),
        null);
  }

  private static EngineStatus status(
      LanguageModel model,
      EngineLimits limits,
      Engine engine,
      Scheduler scheduler,
      BlockManager blocks) {
    return new EngineStatus(
        scheduler.numRunning(),
        scheduler.numWaiting(),
        1 - (double) blocks.numFreeBlocks() / blocks.numBlocks(),
        model.device(),
        limits.maxInputLen(),
        limits.maxOutputLen(),
        null,
        new EngineStatus.Cache(
            blocks.numBlocks(),
            blocks.prefixCacheQueries(),
            blocks.prefixCacheHits(),
            scheduler.numPreemptions()),
        engine.tokens(),
        engine.drafts(),
        null);
  }
}
