package io.millrace.engine.start;

import io.millrace.cli.StartFailure;
import io.millrace.engine.load.Companion;
import io.millrace.engine.load.ModelSettings;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.speculation.DraftModelSpeculation;
import io.millrace.engine.speculation.Drafter;
import io.millrace.engine.speculation.ModelDrafter;
import io.millrace.models.hub.Progress;
import io.millrace.models.text.ModelText;
import io.millrace.models.text.Tokenizer;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A draft model that is found and can be run: looked at before its target is loaded, so that room
 * is left for it, and loaded after it.
 *
 * @param files a model folder or a GGUF file
 */
record DraftModel(DraftModelSpeculation settings, Path files, Companion companion) {
  private static final Logger log = LoggerFactory.getLogger(DraftModel.class);

  /**
   * Finds a draft model, downloading it if need be.
   *
   * @throws StartFailure if it cannot be had or run, in one line
   */
  static DraftModel find(DraftModelSpeculation settings, Progress progress) {
    return told(
        settings,
        () -> {
          Path files = EngineStart.find(settings.model(), progress);
          try (Checkpoint checkpoint = Checkpoint.open(files)) {
            return new DraftModel(settings, files, Companion.of(checkpoint));
          }
        });
  }

  /**
   * Loads the model as the drafter of another one.
   *
   * @param targetWeights number of the other one's parameters
   * @throws StartFailure if its tokens are others
   */
  Drafter load(
      ModelText target,
      LanguageModel model,
      long targetWeights,
      EngineOptions options,
      int maxBatchSize,
      Progress progress) {
    return told(
        settings,
        () -> {
          requireSameTokens(target.tokenizer());
          long bytes = companion.cacheBytes((long) model.numBlocks() * model.blockSize());
          ModelSettings half = options.modelSettings(maxBatchSize).withKvCacheBytes(bytes);
          log.info(
              "draft model {}: guesses up to {} tokens of each of up to {} sequences",
              files,
              settings.numSpeculativeTokens(),
              settings.disableByBatchSize());
          try (Checkpoint checkpoint = Checkpoint.open(files)) {
            return new ModelDrafter(
                settings,
                ModelRuntime.model(checkpoint, half, model, progress),
                options.maxNumBatchedTokens(maxBatchSize),
                options.prefixCaching(),
                model.spec().vocab(),
                (double) companion.weights() / targetWeights);
          }
        });
  }

  /** Refuses a model for which the same ids are other texts. */
  private void requireSameTokens(Tokenizer target) {
    try (ModelText text = ModelText.load(files)) {
      Tokenizer own = text.tokenizer();
      if (own.vocabSize() != target.vocabSize()) {
        throw new UnsupportedModel(
            "it has %d tokens, and the model that is served has %d: both must have the same"
                .formatted(own.vocabSize(), target.vocabSize()));
      }
      for (int id = 0; id < target.vocabSize(); id++) {
        if (!Arrays.equals(own.bytes(id, false), target.bytes(id, false))) {
          throw new UnsupportedModel(
              "its token %d is another than that of the model that is served: both must have the same"
                  .formatted(id));
        }
      }
    }
  }

  private static <T> T told(DraftModelSpeculation settings, Supplier<T> attempt) {
    try {
      return attempt.get();
    } catch (BadCheckpoint | UnsupportedModel | StartFailure e) {
      throw new StartFailure(
          "--speculative-config: model %s: %s".formatted(settings.model(), e.getMessage()), e);
    }
  }
}
