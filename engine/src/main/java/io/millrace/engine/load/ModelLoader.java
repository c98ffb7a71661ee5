package io.millrace.engine.load;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaException;
import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.DecoderModel;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.KvCache;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.cuda.CudaChoice;
import io.millrace.engine.decoder.gemm.Gemm;
import io.millrace.engine.decoder.gemm.PairedCache;
import io.millrace.engine.decoder.torch.KernelTrial;
import io.millrace.engine.decoder.torch.TorchDecoder;
import io.millrace.engine.decoder.torch.TorchEngine;
import io.millrace.engine.decoder.torch.TorchKvCache;
import io.millrace.engine.decoder.torch.TorchProgram;
import io.millrace.engine.decoder.torch.TorchSampler;
import io.millrace.engine.decoder.torch.TorchThreads;
import io.millrace.engine.decoder.torch.TorchWeights;
import io.millrace.engine.decoder.vector.TransposedCache;
import io.millrace.engine.model.DeviceFailure;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.engine.simd.ThreadTeam;
import io.millrace.models.weights.Checkpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loader of models: makes a running model of a checkpoint, as a {@link DecoderPlan} says. */
public final class ModelLoader {
  private static final Logger log = LoggerFactory.getLogger(ModelLoader.class);

  private final ModelSettings settings;
  private final PtNDManager manager;
  private final TorchThreads threads;
  private final TorchProgram program;
  private final @Nullable CudaSupport cuda;
  private final @Nullable ThreadTeam sharedTeam;

  private ModelLoader(
      ModelSettings settings,
      PtNDManager manager,
      @Nullable CudaSupport cuda,
      @Nullable ThreadTeam sharedTeam) {
    this.settings = settings;
    this.sharedTeam = sharedTeam;
    this.manager = manager;
    this.cuda = cuda;
    this.threads = new TorchThreads(settings.threads());
    threads.useAll();
    this.program = new TorchProgram(manager);
  }

  /**
   * Reads what a model is, and checks that its tensors are all there.
   *
   * @throws UnsupportedModel if the checkpoint is none that can be run
   */
  public static ModelSpec spec(Checkpoint checkpoint) {
    ModelSpec spec = ModelSpec.of(checkpoint.config(), checkpoint.configSource());
    ModelTensors.check(spec, checkpoint.names());
    return spec;
  }

  /**
   * Reads all weights and packs them.
   *
   * @param progress is told the share that is done, 0 to 1
   * @throws UnsupportedModel if the checkpoint is none that can be run
   * @throws DeviceFailure if the device fails, as one does that has not enough memory
   */
  public static LanguageModel load(
      ModelSettings settings, Checkpoint checkpoint, DoubleConsumer progress) {
    return load(settings, checkpoint, null, progress, CudaSupport::ofNvidia);
  }

  /**
   * The same for a model that is computed by the thread of another one, which is closed after it:
   * they share their threads, as those of one that has nothing to do do not sleep at once.
   */
  public static LanguageModel loadBeside(
      LanguageModel other, ModelSettings settings, Checkpoint checkpoint, DoubleConsumer progress) {
    ThreadTeam team = other instanceof DecoderModel decoders ? decoders.team() : null;
    return load(settings, checkpoint, team, progress, CudaSupport::ofNvidia);
  }

  /**
   * Reads all weights and packs them.
   *
   * @param gpus where kernels of our own run
   */
  static LanguageModel load(
      ModelSettings settings,
      Checkpoint checkpoint,
      DoubleConsumer progress,
      CudaSupport.Finder gpus) {
    return load(settings, checkpoint, null, progress, gpus);
  }

  private static LanguageModel load(
      ModelSettings settings,
      Checkpoint checkpoint,
      @Nullable ThreadTeam team,
      DoubleConsumer progress,
      CudaSupport.Finder gpus) {
    ModelSpec published = ModelSpec.of(checkpoint.config(), checkpoint.configSource());
    ModelTensors.warnOf(published, ModelTensors.check(published, checkpoint.names()));
    CudaSupport cuda = CudaSelection.of(settings, published, gpus);
    CudaDevice own = cuda == null ? null : cuda.device();
    // Libtorch then only reads the weights, and samples: any build of it will do.
    Device device = own == null ? device(settings, cuda) : Device.cpu();
    PtNDManager manager = TorchEngine.manager(device);
    try {
      return new ModelLoader(settings, manager, cuda, team).load(checkpoint, published, progress);
    } catch (RuntimeException e) {
      close(manager, own);
      throw failure(e);
    } catch (Error e) {
      close(manager, own);
      throw e;
    }
  }

  private static void close(PtNDManager manager, @Nullable CudaDevice own) {
    manager.close();
    if (own != null) {
      own.close();
    }
  }

  /** What a start that failed is told as. */
  private static RuntimeException failure(RuntimeException e) {
    Optional<DeviceFailure> ofDevice = DeviceFailure.of(e);
    if (ofDevice.isPresent()) {
      return ofDevice.get();
    }
    // Kernels are compiled beside the loading.
    Throwable cause = e instanceof CompletionException ? e.getCause() : e;
    return cause instanceof CudaException
        ? new UnsupportedModel(String.valueOf(cause.getMessage()))
        : e;
  }

  /** The device of libtorch; where there is none, kernels of our own might have had one. */
  private static Device device(ModelSettings settings, @Nullable CudaSupport cuda) {
    try {
      return TorchEngine.device(settings.device());
    } catch (IllegalArgumentException e) {
      if (cuda == null) {
        throw e;
      }
      throw new IllegalArgumentException(
          "%s; no CUDA kernels: %s".formatted(e.getMessage(), cuda.obstacle()), e);
    }
  }

  private LanguageModel load(Checkpoint checkpoint, ModelSpec published, DoubleConsumer progress) {
    Device device = manager.getDevice();
    log.info(
        "computing on {}",
        cuda == null || cuda.device() == null
            ? TorchEngine.describe(device)
            : cuda.device().properties());
    Machine machine = Machine.of(device, cuda);
    Precision precision = settings.precision().of(checkpoint.config());
    long numWeights = numElements(checkpoint);
    KernelTrial trial = new KernelTrial(program, manager);
    DecoderPlan plan = DecoderPlan.of(published, precision, numWeights, settings, machine, trial);
    log.info("{}", plan);
    plan.cache().shortage().ifPresent(log::warn);
    LayerCache.Factory layers = layers(plan.layout(), machine);
    DecoderChoice.Context context =
        new DecoderChoice.Context(
            plan.spec(), plan.cache().blockSize(), layers, this::nativeMemory);
    List<DecoderBuilder> builders =
        plan.decoders().stream().map(choice -> choice.builder(context)).toList();
    CompletableFuture<Void> compiled =
        CompletableFuture.runAsync(() -> builders.forEach(DecoderBuilder::warmUp));
    TorchWeights weights = weights(checkpoint, plan, precision, builders, progress);
    compiled.join();
    return model(plan, weights, builders, layers);
  }

  private TorchWeights weights(
      Checkpoint checkpoint,
      DecoderPlan plan,
      Precision precision,
      List<DecoderBuilder> builders,
      DoubleConsumer progress) {
    TorchWeights.Builder tensors =
        new TorchWeights.Builder(plan.spec(), plan.kernels(), program, manager);
    WeightDistributor all =
        new WeightDistributor(
            tensors,
            builders.stream().map(DecoderBuilder::weights).toList(),
            manager,
            settings.quantization());
    WeightFolding folding = new WeightFolding(plan.spec(), new TensorReader(checkpoint));
    boolean narrow = precision == Precision.BF16 || folding.isEmbeddingNarrow();
    DecoderBuilder keeper = narrow ? keeperOfEmbedding(folding, plan, builders) : null;
    if (keeper == null) {
      folding.addEmbedding(all, narrow);
    }
    folding.addHead(all);
    int numLayers = plan.spec().layers();
    progress.accept(1.0 / (numLayers + 1));
    for (int layer = 0; layer < numLayers; layer++) {
      folding.addLayer(layer, all);
      progress.accept((layer + 2.0) / (numLayers + 1));
    }
    return keeper == null ? tensors.build() : tensors.build(Objects.requireNonNull(keeper.head()));
  }

  /** A decoder that keeps the embedding already, as its output head; null if there is none. */
  private @Nullable DecoderBuilder keeperOfEmbedding(
      WeightFolding folding, DecoderPlan plan, List<DecoderBuilder> builders) {
    boolean same =
        folding.isHeadTheEmbedding()
            && settings.quantization() == Quantization.NONE
            && plan.program().isEmpty();
    return same
        ? builders.stream().filter(DecoderBuilder::readsHeadBack).findFirst().orElse(null)
        : null;
  }

  private LanguageModel model(
      DecoderPlan plan,
      TorchWeights weights,
      List<DecoderBuilder> builders,
      LayerCache.Factory layers) {
    TorchSampler sampler = new TorchSampler(program, manager, threads);
    if (plan.cuda().isPresent()) {
      return cudaModel(plan, plan.cuda().get(), weights, builders.get(0), sampler);
    }
    TorchKvCache cache =
        new TorchKvCache(
            manager,
            program,
            threads,
            plan.spec(),
            plan.layout(),
            plan.cache().blocks(),
            plan.cache().blockSize(),
            layers);
    JavaDecoder.Parts parts = new JavaDecoder.Parts(weights.embedding(), cache, sampler);
    ThreadTeam team = sharedTeam == null ? newTeam(builders) : sharedTeam;
    List<Decoder> decoders = new ArrayList<>();
    builders.forEach(builder -> decoders.addAll(builder.build(parts, team)));
    plan.program()
        .ifPresent(
            kernels ->
                decoders.add(
                    new TorchDecoder(manager, program, weights, kernels, cache, sampler, threads)));
    Device device = manager.getDevice();
    return new DecoderModel(
        plan.spec(),
        TorchEngine.name(device),
        cache,
        decoders,
        team,
        () -> {
          if (sharedTeam == null) {
            team.close();
          }
          weights.close();
          program.close();
          manager.close();
          TorchEngine.freeUnused(device);
        });
  }

  private LanguageModel cudaModel(
      DecoderPlan plan,
      CudaChoice choice,
      TorchWeights weights,
      DecoderBuilder builder,
      TorchSampler sampler) {
    KvCache cache = choice.cache(plan.spec(), plan.cache().blocks(), plan.cache().blockSize());
    JavaDecoder.Parts parts = new JavaDecoder.Parts(weights.embedding(), cache, sampler);
    ThreadTeam nobody = new ThreadTeam(1);
    return new DecoderModel(
        plan.spec(),
        choice.device().properties().label(),
        cache,
        builder.build(parts, nobody),
        nobody,
        () -> {
          nobody.close();
          choice.device().close();
          weights.close();
          program.close();
          manager.close();
        });
  }

  private ThreadTeam newTeam(List<DecoderBuilder> builders) {
    boolean idle = builders.isEmpty() && settings.companion() == null;
    return new ThreadTeam(idle ? 1 : settings.threads());
  }

  /** The factory of layer caches of a layout, for Java's decoders. */
  private static LayerCache.Factory layers(CacheLayout layout, Machine machine) {
    if (layout == CacheLayout.PAIRED) {
      Gemm gemm = machine.gemm();
      return (keys, values, kvHeads, blockSize, headDim) ->
          new PairedCache(gemm, keys, values, kvHeads, blockSize, headDim);
    }
    return (keys, values, kvHeads, blockSize, headDim) ->
        new TransposedCache(keys, values, layout.narrowValues(), kvHeads, blockSize, headDim);
  }

  private ByteBuffer nativeMemory(int bytes) {
    return ((PtNDArray) manager.create(new Shape(bytes), DataType.INT8)).toByteBuffer(true);
  }

  /** Number of a model's parameters. */
  public static long numElements(Checkpoint checkpoint) {
    return checkpoint.names().stream().mapToLong(name -> checkpoint.tensor(name).elements()).sum();
  }
}
