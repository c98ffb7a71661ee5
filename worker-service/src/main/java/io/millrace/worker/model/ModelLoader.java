package io.millrace.worker.model;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.worker.vector.LayerCache;
import io.millrace.worker.weights.Checkpoint;
import java.util.concurrent.CompletableFuture;
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
 * @param maxVectorRows sequences that are decoded with vectors in Java instead of by the program; 0
 *     for none, null for as many as it is faster for, and for none in float32
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
    @Nullable Integer maxVectorRows,
    int threads,
    int blockSize,
    int maxNumSequences,
    @Nullable Integer maxModelLen,
    @Nullable Long kvCacheBytes) {
  private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
  private static final int SHARE_OF_SECOND_PACKING = 8;

  /**
   * Reads all weights and packs them.
   *
   * @param progress is told the share that is done, 0 to 1
   * @throws UnsupportedModel if the checkpoint is none that can be run
   */
  public LanguageModel load(Checkpoint checkpoint, DoubleConsumer progress) {
    ModelSpec published = ModelSpec.of(checkpoint.config());
    PtNDManager manager = Torch.manager(Torch.device(device));
    try {
      return load(checkpoint, published, manager, progress);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private LanguageModel load(
      Checkpoint checkpoint, ModelSpec published, PtNDManager manager, DoubleConsumer progress) {
    int maxLen = maxModelLen == null ? published.maxPositions() : maxModelLen;
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
    VectorChoice vector = vectorChoice(checkpoint, manager.getDevice());
    VectorWeights vectors = vector.weights(spec, size);
    Kernels chosen = kernels(new KernelChoice(program, manager), spec, checkpoint, vectors != null);
    boolean narrow =
        chosen.many().computesInBfloat16()
            && (vectors == null || LayerCache.canBeNarrow(spec.headDim()));
    CompletableFuture<Void> compiled =
        vectors == null
            ? CompletableFuture.completedFuture(null)
            : vectors.warmUp(blockSize, vector.maxRows(), narrow);
    DecoderWeights weights = weights(checkpoint, spec, chosen, vectors, program, manager, progress);
    compiled.join();
    log.info("{}", size);
    KvCache cache = new KvCache(manager, program, spec, size.blocks(), blockSize, narrow);
    FewRows few =
        vectors == null
            ? null
            : new FewRows(
                vectors.label(vector.maxRows()),
                vectors.decoder(blockSize, vector.maxRows(), threads),
                spec,
                weights.embeddingRows(program));
    DecoderModel model = new DecoderModel(manager, threads, program, weights, cache, few);
    log.info("kernel {}", model.kernel());
    return model;
  }

  private VectorChoice vectorChoice(Checkpoint checkpoint, Device on) {
    return VectorChoice.of(
        precision.of(checkpoint.config()),
        quantization,
        on.isGpu() || (kernel != null && maxVectorRows == null)
            ? Integer.valueOf(0)
            : maxVectorRows);
  }

  /** The weights are not loaded yet, but their place is taken. */
  private long freeForCache(Checkpoint checkpoint, Device on) {
    int bytes = precision.of(checkpoint.config()) == Precision.FP32 ? 4 : 2;
    return KvCacheSize.defaultBytes(FreeMemory.of(on), numElements(checkpoint) * bytes, on.isGpu());
  }

  private Kernels kernels(
      KernelChoice choice, ModelSpec spec, Checkpoint checkpoint, boolean withVectors) {
    if (withVectors && kernel == null) {
      Kernel quantized = quantization.kernel().orElse(null);
      Precision of = quantized == null ? precision.of(checkpoint.config()) : Precision.BF16;
      return choice.forMany(spec, of, quantized);
    }
    boolean room = hasRoomForTwo(checkpoint);
    if (quantization.kernel().isPresent()) {
      return choice.quantized(spec, quantization.kernel().get(), room);
    }
    return kernel == null
        ? choice.choose(spec, precision.of(checkpoint.config()), room)
        : Kernels.only(choice.require(kernel));
  }

  /** Weights may be packed twice where that takes a small part of what is free. */
  private static boolean hasRoomForTwo(Checkpoint checkpoint) {
    long once = 2 * numElements(checkpoint);
    return once < FreeMemory.of(Device.cpu()) / SHARE_OF_SECOND_PACKING;
  }

  private static long numElements(Checkpoint checkpoint) {
    return checkpoint.names().stream().mapToLong(name -> checkpoint.tensor(name).elements()).sum();
  }

  private static DecoderWeights weights(
      Checkpoint checkpoint,
      ModelSpec spec,
      Kernels kernels,
      @Nullable VectorWeights vectors,
      Program program,
      PtNDManager manager,
      DoubleConsumer progress) {
    WeightFolding folding = new WeightFolding(spec, new TensorReader(checkpoint, manager));
    DecoderWeights.Builder builder =
        new DecoderWeights.Builder(spec, kernels, vectors, program, manager);
    for (int layer = 0; layer < spec.layers(); layer++) {
      folding.addLayer(layer, builder);
      progress.accept((layer + 1.0) / (spec.layers() + 1));
    }
    DecoderWeights weights = folding.finish(builder);
    progress.accept(1);
    return weights;
  }
}
