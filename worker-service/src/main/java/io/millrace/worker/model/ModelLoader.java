package io.millrace.worker.model;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.worker.weights.Checkpoint;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a running model of a checkpoint.
 *
 * @param quantization goes before precision
 * @param device such as {@code cpu}, {@code cuda} or {@code cuda:1}; {@code auto} takes a GPU if
 *     there is one
 * @param kernel null for the fastest on this machine
 * @param threads threads that share the work of one step
 * @param blockSize tokens a block of the KV cache
 * @param maxNumSequences sequences that are computed at once
 * @param maxModelLen tokens of prompt and answer together; null for what the model was made for
 * @param kvCacheBytes null for a part of the free memory
 */
public record ModelLoader(
    Precision precision,
    Quantization quantization,
    String device,
    @Nullable Kernel kernel,
    int threads,
    int blockSize,
    int maxNumSequences,
    @Nullable Integer maxModelLen,
    @Nullable Long kvCacheBytes) {
  private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);

  /**
   * Reads all weights and packs them.
   *
   * @param progress is told the share that is done, 0 to 1
   * @throws UnsupportedModel if the checkpoint is none that can be run
   */
  public LanguageModel load(Checkpoint checkpoint, DoubleConsumer progress) {
    ModelSpec published = ModelSpec.of(checkpoint.config());
    int maxLen = maxModelLen == null ? published.maxPositions() : maxModelLen;
    PtNDManager manager = Torch.manager(Torch.device(device));
    KvCacheSize size =
        KvCacheSize.of(
            published,
            blockSize,
            maxNumSequences,
            Math.min(maxLen, published.maxPositions()),
            kvCacheBytes == null ? freeForCache(checkpoint, manager.getDevice()) : kvCacheBytes);
    // Longer contexts than the cache holds would only make the tables of positions longer.
    ModelSpec spec = published.limitedTo(size.tokens());
    Torch.prepareThread(threads);
    Program program = new Program(manager);
    Kernel chosen = kernel(new KernelChoice(program, manager), spec, checkpoint);
    DecoderWeights weights = weights(checkpoint, spec, chosen, program, manager, progress);
    log.info("{}", size);
    return new DecoderModel(
        manager,
        threads,
        chosen,
        program,
        weights,
        new KvCache(manager, spec, size.blocks(), blockSize));
  }

  /** The weights are not loaded yet, but their place is taken. */
  private long freeForCache(Checkpoint checkpoint, Device on) {
    int bytes = precision.of(checkpoint.config()) == Precision.FP32 ? 4 : 2;
    long elements =
        checkpoint.names().stream().mapToLong(name -> checkpoint.tensor(name).elements()).sum();
    return KvCacheSize.defaultBytes(FreeMemory.of(on), elements * bytes, on.isGpu());
  }

  private Kernel kernel(KernelChoice choice, ModelSpec spec, Checkpoint checkpoint) {
    Optional<Kernel> forced = quantization.kernel().or(() -> Optional.ofNullable(kernel));
    return forced
        .map(choice::require)
        .orElseGet(() -> choice.choose(spec, precision.of(checkpoint.config())));
  }

  private static DecoderWeights weights(
      Checkpoint checkpoint,
      ModelSpec spec,
      Kernel kernel,
      Program program,
      PtNDManager manager,
      DoubleConsumer progress) {
    WeightFolding folding = new WeightFolding(spec, new TensorReader(checkpoint, manager));
    DecoderWeights.Builder builder = new DecoderWeights.Builder(spec, kernel, program, manager);
    for (int layer = 0; layer < spec.layers(); layer++) {
      folding.addLayer(layer, builder);
      progress.accept((layer + 1.0) / (spec.layers() + 1));
    }
    DecoderWeights weights = folding.finish(builder);
    progress.accept(1);
    return weights;
  }
}
