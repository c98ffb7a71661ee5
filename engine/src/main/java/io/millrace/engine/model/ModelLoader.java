package io.millrace.engine.model;

import ai.djl.Device;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.gemm.Gemm;
import io.millrace.engine.vector.Team;
import io.millrace.engine.vector.TransposedCache;
import io.millrace.models.weights.Checkpoint;
import java.util.List;
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
 * @param blockSize tokens a block of the KV cache; null for what is fastest
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
    @Nullable Integer blockSize,
    int maxNumSequences,
    @Nullable Integer maxModelLen,
    @Nullable Long kvCacheBytes) {
  private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);
  private static final int SHARE_OF_SECOND_PACKING = 8;
  private static final int DEFAULT_BLOCK_SIZE = 32;

  /** Blocks are multiplied one by one: each call takes longer than the bigger ones' waste. */
  private static final int GEMM_BLOCK_SIZE = 64;

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
    Device on = manager.getDevice();
    Torch.prepareThread(threads);
    Gemm gemm = gemm(published, checkpoint, on);
    KvCacheSize size = cacheSize(published, checkpoint, on, gemm != null);
    // Longer contexts than the cache holds would only make the tables of positions longer.
    ModelSpec spec = published.limitedTo(size.tokens());
    Program program = new Program(manager);
    VectorChoice vector = vectorChoice(checkpoint, on, gemm != null);
    JavaDecoders decoders =
        new JavaDecoders(
            vector.weights(spec, size),
            vector.maxRows(),
            gemm == null ? null : new GemmWeights(spec, gemm, manager),
            size.blockSize());
    Kernels chosen =
        gemm == null
            ? kernels(new KernelChoice(program, manager), spec, checkpoint, !decoders.areNone())
            : Kernels.only(Kernel.BRGEMM_BF16);
    boolean narrow =
        gemm != null
            || (chosen.many().computesInBfloat16()
                && (decoders.areNone() || TransposedCache.canBeNarrow(spec.headDim())));
    CompletableFuture<Void> compiled = decoders.warmUp(narrow);
    DecoderWeights weights =
        weights(checkpoint, spec, chosen, decoders.weights(), program, manager, progress);
    compiled.join();
    log.info("{}", size);
    KvCache cache =
        new KvCache(manager, program, spec, size.blocks(), size.blockSize(), narrow, gemm);
    Team team = new Team(decoders.areNone() ? 1 : threads);
    List<Decoding> decodings = decoders.decodings(spec, weights.embeddingRows(program), team);
    DecoderModel model =
        new DecoderModel(manager, threads, program, weights, cache, decodings, team);
    log.info("kernel {}", model.kernel());
    return model;
  }

  private @Nullable Gemm gemm(ModelSpec spec, Checkpoint checkpoint, Device on) {
    return on.isGpu()
        ? null
        : GemmChoice.of(
            spec,
            precision.of(checkpoint.config()),
            quantization,
            kernel,
            blockSize == null ? GEMM_BLOCK_SIZE : blockSize);
  }

  private KvCacheSize cacheSize(
      ModelSpec published, Checkpoint checkpoint, Device on, boolean gemm) {
    int maxLen = maxModelLen == null ? published.maxPositions() : maxModelLen;
    long budget = kvCacheBytes == null ? freeForCache(checkpoint, on) : kvCacheBytes;
    return KvCacheSize.of(
        published,
        gemm ? Short.BYTES : Float.BYTES,
        blockSize == null ? (gemm ? GEMM_BLOCK_SIZE : DEFAULT_BLOCK_SIZE) : blockSize,
        maxNumSequences,
        Math.min(maxLen, published.maxPositions()),
        // A layer's keys must fit into one buffer, and so must its values.
        gemm ? Math.min(budget, 2L * published.layers() * Integer.MAX_VALUE) : budget);
  }

  private VectorChoice vectorChoice(Checkpoint checkpoint, Device on, boolean gemm) {
    boolean others = kernel != null && kernel != Kernel.BRGEMM_BF16;
    return VectorChoice.of(
        precision.of(checkpoint.config()),
        quantization,
        on.isGpu() || (others && maxVectorRows == null) ? Integer.valueOf(0) : maxVectorRows,
        gemm);
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

  private DecoderWeights weights(
      Checkpoint checkpoint,
      ModelSpec spec,
      Kernels kernels,
      List<CollectedWeights<?>> others,
      Program program,
      PtNDManager manager,
      DoubleConsumer progress) {
    WeightFolding folding = new WeightFolding(spec, new TensorReader(checkpoint, manager));
    DecoderWeights.Builder builder =
        new DecoderWeights.Builder(
            spec,
            kernels,
            quantization == Quantization.INT8 && !others.isEmpty(),
            others,
            program,
            manager);
    for (int layer = 0; layer < spec.layers(); layer++) {
      folding.addLayer(layer, builder);
      progress.accept((layer + 1.0) / (spec.layers() + 1));
    }
    DecoderWeights weights = folding.finish(builder);
    progress.accept(1);
    return weights;
  }
}
