package io.millrace.engine.start;

import io.millrace.cli.StartFailure;
import io.millrace.engine.EngineLimits;
import io.millrace.engine.EngineThread;
import io.millrace.engine.GenerationFactory;
import io.millrace.engine.PromptEncoder;
import io.millrace.engine.load.ModelLoader;
import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.hub.Progress;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;

/** A loaded model: its tokenizer and templates, and the language model that computes. */
public final class ModelRuntime implements AutoCloseable {
  private final ModelText text;
  private final ModelPromptEncoder prompts;
  private final LanguageModel model;

  private ModelRuntime(ModelText text, ModelPromptEncoder prompts, LanguageModel model) {
    this.text = text;
    this.prompts = prompts;
    this.model = model;
  }

  /**
   * Loads a model.
   *
   * @param files a model folder or a GGUF file
   * @param maxBatchSize sequences that are computed at once
   * @throws StartFailure if it cannot be used, in one line
   */
  public static ModelRuntime load(
      Path files, EngineOptions options, int maxBatchSize, Progress progress) {
    try (Checkpoint checkpoint = Checkpoint.open(files)) {
      ModelText text = ModelText.load(files);
      try {
        ModelPromptEncoder prompts =
            new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, options));
        return new ModelRuntime(text, prompts, model(checkpoint, options, maxBatchSize, progress));
      } catch (RuntimeException | Error e) {
        text.close();
        throw e;
      }
    } catch (DeviceFailure e) {
      throw new StartFailure(
          "--device %s: %s, while %s was loaded".formatted(options.device(), e.getMessage(), files),
          e);
    } catch (BadCheckpoint | UnsupportedModel e) {
      throw new StartFailure("--model %s: %s".formatted(files, e.getMessage()), e);
    }
  }

  private static LanguageModel model(
      Checkpoint checkpoint, EngineOptions options, int maxBatchSize, Progress progress) {
    long bytes =
        checkpoint.names().stream().mapToLong(name -> checkpoint.storedTensor(name).bytes()).sum();
    try (Progress.Step step = progress.begin("loading weights", bytes)) {
      long[] shown = {0};
      return ModelLoader.load(
          options.modelSettings(maxBatchSize),
          checkpoint,
          done -> {
            long reached = Math.round(done * bytes);
            step.advance(reached - shown[0]);
            shown[0] = reached;
          });
    }
  }

  /** The model and its factory of generations for an engine, which takes the model over. */
  EngineThread.LoadedModel loadedModel(EngineOptions options, int maxBatchSize) {
    EngineLimits limits =
        EngineLimits.of(
            model.spec().maxPositions(),
            options.maxInputLen(),
            options.maxOutputLen(),
            text.generation().maxNewTokens(),
            maxBatchSize);
    GenerationFactory factory =
        new GenerationFactory(
            text.tokenizer(),
            prompts.upTo(limits.maxInputLen()),
            text.generation().sampling(),
            text.stopIdsWithin(model.spec().vocab()),
            model.spec().vocab(),
            limits);
    return new EngineThread.LoadedModel(model, factory);
  }

  /** The language model, to be driven step by step. */
  public LanguageModel model() {
    return model;
  }

  public PromptEncoder prompts() {
    return prompts;
  }

  @Override
  public void close() {
    model.close();
    text.close();
  }
}
