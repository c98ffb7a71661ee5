package io.millrace.engine.start;

import io.millrace.cli.StartFailure;
import io.millrace.engine.EngineLimits;
import io.millrace.engine.EngineThread;
import io.millrace.engine.GenerationFactory;
import io.millrace.engine.PromptEncoder;
import io.millrace.engine.load.ModelLoader;
import io.millrace.engine.load.ModelSettings;
import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.speculation.DraftModelSpeculation;
import io.millrace.engine.speculation.Drafter;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.SequenceDrafter;
import io.millrace.engine.speculation.SpeculationSettings;
import io.millrace.models.hub.Progress;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model: its tokenizer and templates, the language model that computes, and what proposes
 * tokens to it.
 */
public final class ModelRuntime implements AutoCloseable {
  private final ModelText text;
  private final ModelPromptEncoder prompts;
  private final LanguageModel model;
  private final @Nullable Drafter drafter;

  private ModelRuntime(
      ModelText text, ModelPromptEncoder prompts, LanguageModel model, @Nullable Drafter drafter) {
    this.text = text;
    this.prompts = prompts;
    this.model = model;
    this.drafter = drafter;
  }

  /**
   * Loads a model.
   *
   * @param files a model folder or a GGUF file
   * @param maxBatchSize sequences that are computed at once
   * @param speculation null for none
   * @throws StartFailure if it cannot be used, in one line
   */
  static ModelRuntime load(
      Path files,
      EngineOptions options,
      int maxBatchSize,
      @Nullable SpeculationSettings speculation,
      Progress progress) {
    DraftModel draft =
        speculation instanceof DraftModelSpeculation asked
            ? DraftModel.find(asked, progress)
            : null;
    ModelSettings settings = options.modelSettings(maxBatchSize);
    if (draft != null) {
      settings = settings.with(draft.companion());
    }
    try (Checkpoint checkpoint = Checkpoint.open(files)) {
      ModelText text = ModelText.load(files);
      LanguageModel model = null;
      try {
        ModelPromptEncoder prompts =
            new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, options));
        model = model(checkpoint, settings, null, progress);
        Drafter drafter =
            draft == null
                ? lookup(speculation)
                : draft.load(
                    text,
                    model,
                    ModelLoader.numElements(checkpoint),
                    options,
                    maxBatchSize,
                    progress);
        return new ModelRuntime(text, prompts, model, drafter);
      } catch (RuntimeException | Error e) {
        if (model != null) {
          model.close();
        }
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

  private static @Nullable Drafter lookup(@Nullable SpeculationSettings speculation) {
    return speculation instanceof NgramSpeculation ngrams ? new SequenceDrafter(ngrams) : null;
  }

  /**
   * Loads a language model with its progress shown.
   *
   * @param other the one that the same thread computes; null for none
   */
  static LanguageModel model(
      Checkpoint checkpoint,
      ModelSettings settings,
      @Nullable LanguageModel other,
      Progress progress) {
    long bytes =
        checkpoint.names().stream().mapToLong(name -> checkpoint.storedTensor(name).bytes()).sum();
    try (Progress.Step step =
        progress.begin(other == null ? "loading weights" : "loading draft weights", bytes)) {
      long[] shown = {0};
      DoubleConsumer told =
          done -> {
            long reached = Math.round(done * bytes);
            step.advance(reached - shown[0]);
            shown[0] = reached;
          };
      return other == null
          ? ModelLoader.load(settings, checkpoint, told)
          : ModelLoader.loadBeside(other, settings, checkpoint, told);
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
    return new EngineThread.LoadedModel(model, factory, drafter);
  }

  /** The language model, to be driven step by step. */
  public LanguageModel model() {
    return model;
  }

  public PromptEncoder prompts() {
    return prompts;
  }

  /** What proposes tokens; null for none. */
  public @Nullable Drafter drafter() {
    return drafter;
  }

  @Override
  public void close() {
    if (drafter != null) {
      drafter.close();
    }
    model.close();
    text.close();
  }
}
