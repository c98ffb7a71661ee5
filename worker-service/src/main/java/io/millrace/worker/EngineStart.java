package io.millrace.worker;

import io.millrace.cli.ServedModel;
import io.millrace.worker.engine.EngineThread;
import io.millrace.worker.engine.GenerationEngine;
import io.millrace.worker.hub.ConsoleProgress;
import io.millrace.worker.hub.ModelResolver;
import io.millrace.worker.hub.Progress;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a model's name to a model at work, with progress for whoever waits. */
public final class EngineStart {
  private static final Logger log = LoggerFactory.getLogger(EngineStart.class);

  private EngineStart() {}

  /**
   * Finds, loads and starts a model.
   *
   * @throws io.millrace.cli.StartFailure if it cannot be had or used
   */
  public static GenerationEngine start(ServedModel model, WorkerOptions options) {
    return start(model.model(), options.engine(), options.maxBatchSize());
  }

  /**
   * Finds, loads and starts a model.
   *
   * @param model a folder, a file or a model card
   * @param maxBatchSize sequences that are computed at once
   * @throws io.millrace.cli.StartFailure if it cannot be had or used
   */
  public static GenerationEngine start(String model, EngineOptions options, int maxBatchSize) {
    return EngineThread.start(
        () -> load(model, options, maxBatchSize).prepared(options, maxBatchSize),
        options.policy(maxBatchSize),
        options.prefixCaching());
  }

  /**
   * Finds and loads a model.
   *
   * @param model a folder, a file or a model card
   * @param maxBatchSize sequences that are computed at once
   * @throws io.millrace.cli.StartFailure if it cannot be had or used
   */
  public static ModelRuntime load(String model, EngineOptions options, int maxBatchSize) {
    Progress progress = ConsoleProgress.onStandardError();
    long started = System.nanoTime();
    Path files = ModelResolver.fromEnvironment(progress).resolve(model);
    ModelRuntime runtime = ModelRuntime.load(files, options, maxBatchSize, progress);
    log.info("loaded {} in {} ms", files, (System.nanoTime() - started) / 1_000_000);
    return runtime;
  }
}
