package io.millrace.engine.start;

import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.engine.EngineThread;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.decoder.torch.CeilingTrial;
import io.millrace.engine.load.ModelLoader;
import io.millrace.engine.model.DeviceCeilings;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.speculation.Drafter;
import io.millrace.engine.speculation.SpeculationSettings;
import io.millrace.models.hub.ConsoleProgress;
import io.millrace.models.hub.ModelNotFound;
import io.millrace.models.hub.ModelResolver;
import io.millrace.models.hub.Progress;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of an engine: finds a model by its name, loads it and runs it, with progress on
 * standard error.
 */
public final class EngineStart {
  private static final Logger log = LoggerFactory.getLogger(EngineStart.class);

  private EngineStart() {}

  /**
   * Finds, loads and starts a model.
   *
   * @param model a folder, a file or a model card
   * @param maxBatchSize sequences that are computed at once
   * @throws StartFailure if it cannot be had or used
   */
  public static GenerationEngine start(String model, EngineOptions options, int maxBatchSize) {
    return start(model, options, maxBatchSize, options.speculation(), drafter -> drafter);
  }

  /**
   * Finds, loads and starts a model.
   *
   * @param around what stands between the engine and what proposes tokens to it, if anything does
   * @see #start(String, EngineOptions, int)
   */
  public static GenerationEngine start(
      String model, EngineOptions options, int maxBatchSize, UnaryOperator<Drafter> around) {
    return start(model, options, maxBatchSize, options.speculation(), around);
  }

  /** Finds, loads and starts a model without speculation, whatever the flags say of that. */
  public static GenerationEngine startPlain(String model, EngineOptions options, int maxBatchSize) {
    return start(model, options, maxBatchSize, null, drafter -> drafter);
  }

  private static GenerationEngine start(
      String model,
      EngineOptions options,
      int maxBatchSize,
      @Nullable SpeculationSettings speculation,
      UnaryOperator<Drafter> around) {
    return EngineThread.start(
        () ->
            load(model, options, maxBatchSize, speculation)
                .loadedModel(options, maxBatchSize)
                .withDrafter(around),
        options.policy(maxBatchSize),
        options.prefixCaching());
  }

  /**
   * Finds and loads a model without speculation.
   *
   * @param model a folder, a file or a model card
   * @param maxBatchSize sequences that are computed at once
   * @throws StartFailure if it cannot be had or used
   */
  public static ModelRuntime load(String model, EngineOptions options, int maxBatchSize) {
    return load(model, options, maxBatchSize, null);
  }

  /** Finds and loads a model, and what proposes tokens to it if the flags say so. */
  public static ModelRuntime loadSpeculating(
      String model, EngineOptions options, int maxBatchSize) {
    return load(model, options, maxBatchSize, options.speculation());
  }

  private static ModelRuntime load(
      String model,
      EngineOptions options,
      int maxBatchSize,
      @Nullable SpeculationSettings speculation) {
    Progress progress = ConsoleProgress.onStandardError();
    long started = System.nanoTime();
    Path files = find(model, progress);
    ModelRuntime runtime = ModelRuntime.load(files, options, maxBatchSize, speculation, progress);
    log.info("loaded {} in {} ms", files, (System.nanoTime() - started) / 1_000_000);
    return runtime;
  }

  /**
   * Loads a model that has no text side, to be driven step by step.
   *
   * @param checkpoint stays the caller's to close, and is not read after this
   * @param maxBatchSize sequences that are computed at once
   * @throws StartFailure if it cannot be used
   */
  public static LanguageModel load(Checkpoint checkpoint, EngineOptions options, int maxBatchSize) {
    try {
      return ModelLoader.load(options.modelSettings(maxBatchSize), checkpoint, done -> {});
    } catch (UnsupportedModel e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Measures what a device does at most.
   *
   * @param options name device and threads
   * @param size side of the matrices that are multiplied
   * @param bytes that are copied at once
   * @param each how long each measurement takes at least
   * @throws IllegalArgumentException if the device is not there
   */
  public static DeviceCeilings ceilings(
      EngineOptions options, int size, long bytes, Duration each) {
    return CeilingTrial.measure(options.device(), options.threads(), size, bytes, each);
  }

  /**
   * Finds a model and loads its text side alone.
   *
   * @param model a folder, a file or a model card
   * @throws StartFailure if it cannot be had or used
   */
  public static ModelText text(String model) {
    Path files = find(model, ConsoleProgress.onStandardError());
    try {
      return ModelText.load(files);
    } catch (BadCheckpoint e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Finds a model's files, downloading them if need be.
   *
   * @param model a folder, a file or a model card, or {@code default} for {@link
   *     ServedModel#DEFAULT_MODEL}
   * @return a folder in Hugging Face's form, or a GGUF file
   * @throws StartFailure if it cannot be had
   */
  static Path find(String model, Progress progress) {
    try {
      return ModelResolver.fromEnvironment(ServedModel.DEFAULT_MODEL, progress).resolve(model);
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    }
  }
}
