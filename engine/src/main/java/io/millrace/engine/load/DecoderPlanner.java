package io.millrace.engine.load;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.cuda.CudaChoice;
import io.millrace.engine.decoder.gemm.GemmChoice;
import io.millrace.engine.decoder.torch.KernelChoice;
import io.millrace.engine.decoder.torch.KernelPair;
import io.millrace.engine.decoder.torch.TorchKernel;
import io.millrace.engine.decoder.vector.VectorChoice;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.model.UnsupportedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The planner behind {@link DecoderPlan}: its rules, one decoder after the other. */
final class DecoderPlanner {
  private static final int DEFAULT_BLOCK_SIZE = 32;

  /**
   * Default where Java computes all steps: blocks are multiplied one by one, and calls for more of
   * them would cost more than what larger ones waste.
   */
  private static final int JAVA_BLOCK_SIZE = 64;

  /**
   * Default of {@code --max-vector-rows}: with more rows, the program's matrix multiplications are
   * faster by more than its calls cost.
   */
  private static final int VECTOR_ROWS = 8;

  /** A group of rows, from which on vectors' way for many is faster. */
  private static final int FEW_ROWS = 4;

  /** Weights in int8 beside those in int4 must take less than half of the free memory. */
  private static final int SHARE_FOR_INT8 = 2;

  /** A second packing of weights must take less than one part in so many of the free memory. */
  private static final int SHARE_OF_SECOND_PACKING = 8;

  private final ModelSpec published;
  private final Precision precision;
  private final long weights;
  private final ModelSettings settings;
  private final Machine machine;
  private final DecoderObstacles obstacles;

  /** Bytes of memory that a weight takes. */
  private int bytesOfAWeight;

  private final List<String> notes = new ArrayList<>();

  DecoderPlanner(
      ModelSpec published,
      Precision precision,
      long weights,
      ModelSettings settings,
      Machine machine) {
    this.published = published;
    this.precision = precision;
    this.weights = weights;
    this.settings = settings;
    this.machine = machine;
    this.bytesOfAWeight = precision == Precision.FP32 ? Float.BYTES : Short.BYTES;
    this.obstacles = new DecoderObstacles(published, precision, weights, settings, machine);
  }

  DecoderPlan plan(KernelChoice kernelChoice) {
    Optional<CudaChoice> cuda = cuda();
    if (cuda.isPresent()) {
      return of(cuda.get());
    }
    if (settings.batchInvariant()) {
      return batchInvariant();
    }
    Optional<GemmChoice> gemm = int8Gemm().or(this::gemm);
    Optional<DecoderPlan> vectors = gemm.isPresent() ? Optional.empty() : vectorsForAllSteps();
    if (vectors.isPresent()) {
      return vectors.get();
    }
    boolean int8 = gemm.filter(GemmChoice::int8).isPresent();
    if (int8) {
      // Those of int4 take half a byte more, and their factors.
      bytesOfAWeight = settings.quantization() == Quantization.INT4 ? 2 : 1;
    }
    KvCacheSize cache = gemm.isPresent() ? javaCache(CacheLayout.PAIRED) : programCache();
    // Longer contexts than the cache holds would only make the tables of positions longer.
    ModelSpec spec = published.limitedTo(cache.tokens());
    List<DecoderChoice> decoders = new ArrayList<>();
    vector(gemm, spec, cache).ifPresent(decoders::add);
    gemm.ifPresent(decoders::add);
    KernelPair kernels = gemm.isPresent() ? null : kernels(kernelChoice, spec, !decoders.isEmpty());
    return new DecoderPlan(
        spec, cache, layout(spec, kernels, !decoders.isEmpty()), decoders, kernels, notes);
  }

  private Optional<CudaChoice> cuda() {
    CudaSupport support = machine.cuda();
    if (support == null) {
      return Optional.empty();
    }
    CudaDevice device = support.device();
    if (device == null) {
      notes.add("no CUDA kernels: " + support.obstacle());
      return Optional.empty();
    }
    NumberType type =
        switch (precision) {
          case BF16 -> NumberType.BFLOAT16;
          case FP16 -> NumberType.FLOAT16;
          case FP32, AUTO -> NumberType.FLOAT32;
        };
    return Optional.of(
        new CudaChoice(device, type, settings.maxNumSequences(), CudaChoice.DEFAULT_MAX_ROWS));
  }

  /** Kernels of our own for all steps. */
  private DecoderPlan of(CudaChoice choice) {
    KvCacheSize cache = cache(choice.cacheBytes(published), blockSize(false), Long.MAX_VALUE);
    return new DecoderPlan(
        published.limitedTo(cache.tokens()), cache, CacheLayout.CUDA, List.of(choice), null, notes);
  }

  /**
   * Vectors for all steps, where they are asked for, and in bfloat16, which such a CPU does not
   * multiply, wherever they can be: they decode faster than the program by more than prompts take
   * longer, from a cache of half the size.
   */
  private Optional<DecoderPlan> vectorsForAllSteps() {
    boolean forced = settings.kernel() == Kernel.VECTOR;
    boolean open = settings.kernel() == null && settings.maxVectorRows() == null;
    boolean plain = settings.quantization() == Quantization.NONE && precision == Precision.BF16;
    if (!forced && !(open && plain && !machine.gpu())) {
      return Optional.empty();
    }
    WeightFormat format = machine.gpu() ? null : format(false, true);
    if (format == null) {
      throw new UnsupportedModel(
          "kernel %s needs a CPU, and fp32 or bf16".formatted(Kernel.VECTOR.label()));
    }
    CacheLayout layout =
        format == WeightFormat.FLOAT32 ? CacheLayout.TRANSPOSED : CacheLayout.PAIRED;
    KvCacheSize cache = javaCache(layout);
    ModelSpec spec = published.limitedTo(cache.tokens());
    Integer fewRows = settings.maxVectorRows();
    VectorChoice choice = VectorChoice.allSteps(format, fewRows == null ? FEW_ROWS : fewRows);
    String obstacle = obstacles.ofVectors(choice, spec, cache);
    if (obstacle == null) {
      obstacle = obstacles.ofPanels(spec, cache);
    }
    if (obstacle == null) {
      return Optional.of(new DecoderPlan(spec, cache, layout, List.of(choice), null, notes));
    }
    if (forced) {
      throw new UnsupportedModel("kernel %s: %s".formatted(Kernel.VECTOR.label(), obstacle));
    }
    return Optional.empty();
  }

  /** One decoder for all steps. */
  private DecoderPlan batchInvariant() {
    KvCacheSize cache = programCache();
    ModelSpec spec = published.limitedTo(cache.tokens());
    WeightFormat format = format(false, true);
    if (machine.gpu() || format == null || format == WeightFormat.INT4) {
      throw new UnsupportedModel("--batch-invariant needs a CPU, and fp32, bf16 or int8");
    }
    VectorChoice choice = VectorChoice.batchInvariant(format);
    String obstacle = obstacles.ofVectors(choice, spec, cache);
    if (obstacle != null) {
      throw new UnsupportedModel("--batch-invariant needs vectors: " + obstacle);
    }
    return new DecoderPlan(spec, cache, CacheLayout.TRANSPOSED, List.of(choice), null, notes);
  }

  /** The GEMM of int8: of its own weights, or of what those of int4 stand for. */
  private Optional<GemmChoice> int8Gemm() {
    int share = settings.quantization() == Quantization.INT4 ? SHARE_FOR_INT8 : 1;
    boolean wanted = settings.quantization() != Quantization.NONE && settings.kernel() == null;
    return wanted && !machine.gpu() && obstacles.ofInt8Gemm(blockSize(true), share) == null
        ? Optional.of(new GemmChoice(Objects.requireNonNull(machine.gemm()), true))
        : Optional.empty();
  }

  private Optional<GemmChoice> gemm() {
    boolean precise =
        settings.quantization() == Quantization.INT8
            || (settings.quantization() == Quantization.NONE && precision == Precision.BF16);
    boolean forced = settings.kernel() == Kernel.BRGEMM_BF16;
    if (!forced && machine.gpu()) {
      return Optional.empty();
    }
    if (!forced && (settings.kernel() != null || !precise)) {
      return Optional.empty();
    }
    String obstacle = obstacles.ofGemm(blockSize(true));
    if (obstacle == null) {
      return Optional.of(new GemmChoice(Objects.requireNonNull(machine.gemm()), false));
    }
    if (forced) {
      throw new UnsupportedModel("kernel %s %s".formatted(Kernel.BRGEMM_BF16.label(), obstacle));
    }
    notes.add("no %s: it %s".formatted(Kernel.BRGEMM_BF16.label(), obstacle));
    return Optional.empty();
  }

  private int blockSize(boolean java) {
    Integer wanted = settings.blockSize();
    if (wanted != null) {
      return wanted;
    }
    return java ? JAVA_BLOCK_SIZE : DEFAULT_BLOCK_SIZE;
  }

  /** A cache whose layers' keys must fit into one buffer each, and so must their values. */
  private KvCacheSize javaCache(CacheLayout layout) {
    long most = 2L * published.layers() * Integer.MAX_VALUE;
    return cache(layout.numberBytes(), blockSize(true), most);
  }

  private KvCacheSize programCache() {
    return cache(CacheLayout.TRANSPOSED.numberBytes(), blockSize(false), Long.MAX_VALUE);
  }

  private KvCacheSize cache(int numberBytes, int blockSize, long mostBytes) {
    Integer maxModelLen = settings.maxModelLen();
    int maxLen = maxModelLen == null ? published.maxPositions() : maxModelLen;
    Long wanted = settings.kvCacheBytes();
    long both = wanted == null ? freeForCache() : wanted;
    Companion companion = settings.companion();
    long budget = companion == null ? both : companion.shareOf(published, both);
    return KvCacheSize.of(
        published,
        numberBytes,
        blockSize,
        settings.maxNumSequences(),
        Math.min(maxLen, published.maxPositions()),
        Math.min(budget, mostBytes));
  }

  /** Free memory for the cache; the weights are not loaded yet, but their place is taken. */
  private long freeForCache() {
    CudaSupport support = machine.cuda();
    boolean cuda = support != null && support.device() != null;
    // Kernels of our own have embedding and head apart even where they are the same.
    long twice = cuda && published.tiedHead() ? (long) published.vocab() * published.hidden() : 0;
    Companion companion = settings.companion();
    long all = weights + twice + (companion == null ? 0 : companion.weights());
    return KvCacheSize.defaultBytes(machine.freeBytes(), all * bytesOfAWeight, machine.gpu());
  }

  private Optional<VectorChoice> vector(
      Optional<GemmChoice> gemm, ModelSpec spec, KvCacheSize cache) {
    Integer wanted = settings.maxVectorRows();
    boolean otherKernel = settings.kernel() != null && settings.kernel() != Kernel.BRGEMM_BF16;
    // The GEMM of int8 reads as few bytes for a single row as vectors would.
    boolean int8 = gemm.filter(GemmChoice::int8).isPresent();
    boolean needless = int8 && settings.quantization() == Quantization.INT8;
    if (machine.gpu() || (wanted == null && (otherKernel || needless))) {
      return Optional.empty();
    }
    WeightFormat format =
        format(gemm.isPresent() && (wanted == null || wanted == 1), wanted != null);
    if (format == null) {
      return Optional.empty();
    }
    int most = gemm.isPresent() ? 1 : VECTOR_ROWS;
    int rows = Math.min(wanted == null ? most : wanted, format.mostFewRows());
    if (rows == 0) {
      return Optional.empty();
    }
    boolean byPanels =
        gemm.isEmpty() && machine.lanes() > 0 && obstacles.ofPanels(spec, cache) == null;
    VectorChoice choice = VectorChoice.decode(format, rows, byPanels ? FEW_ROWS : rows);
    String obstacle = obstacles.ofVectors(choice, spec, cache);
    if (obstacle == null) {
      obstacle = obstacles.ofMemory(choice, gemm.isPresent() && !int8, spec, cache);
    }
    if (obstacle != null) {
      notes.add("no vectors: " + obstacle);
      return Optional.empty();
    }
    return Optional.of(choice);
  }

  /**
   * The format of weights for vectors; null for no vectors. Float32 is computed in one way unless
   * another is asked for, so that it can be reproduced.
   */
  private @Nullable WeightFormat format(boolean oneRowOnly, boolean wanted) {
    if (settings.quantization() != Quantization.NONE) {
      return quantizedFormat();
    }
    return switch (precision) {
      case BF16 -> oneRowOnly ? WeightFormat.FLOAT12 : WeightFormat.BFLOAT16;
      case FP32 -> wanted ? WeightFormat.FLOAT32 : null;
      case FP16, AUTO -> null;
    };
  }

  private @Nullable WeightFormat quantizedFormat() {
    return switch (settings.quantization()) {
      case INT8 -> WeightFormat.INT8;
      case INT4 -> WeightFormat.INT4;
      case NONE -> null;
    };
  }

  private KernelPair kernels(KernelChoice choice, ModelSpec spec, boolean withVectors) {
    Kernel forced = settings.kernel();
    TorchKernel quantized = quantizedKernel();
    boolean oneRowOnly = settings.quantization() == Quantization.INT4;
    if (withVectors && forced == null && !oneRowOnly) {
      return choice.fastestForMany(spec, quantized == null ? precision : Precision.BF16, quantized);
    }
    boolean room = Short.BYTES * weights < machine.freeHostBytes() / SHARE_OF_SECOND_PACKING;
    if (quantized != null) {
      return choice.quantized(spec, quantized, room);
    }
    return forced == null
        ? choice.fastest(spec, precision, room)
        : KernelPair.only(choice.require(TorchKernel.of(forced)));
  }

  private @Nullable TorchKernel quantizedKernel() {
    return switch (settings.quantization()) {
      case NONE -> null;
      case INT8 -> TorchKernel.INT8;
      case INT4 -> TorchKernel.INT4;
    };
  }

  /**
   * The layout of the cache. Values in bfloat16 lose nothing where they are computed in it, if
   * vectors can read them so: half a head is whole vectors. Keys are float32 there, because their
   * products are not averaged before they become exponents.
   */
  private CacheLayout layout(ModelSpec spec, @Nullable KernelPair kernels, boolean vectors) {
    if (kernels == null) {
      return CacheLayout.PAIRED;
    }
    boolean narrow =
        kernels.many().computesInBfloat16()
            && (!vectors || spec.headDim() % (2 * machine.lanes()) == 0);
    return narrow ? CacheLayout.TRANSPOSED_NARROW_VALUES : CacheLayout.TRANSPOSED;
  }
}
