package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaSupport;
import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.gemm.Gemm;
import io.millrace.engine.decoder.torch.TorchKernel;
import io.millrace.engine.decoder.vector.VectorChoice;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.testing.TinyCheckpoint;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which decoders a model gets, for all kinds of machines and wishes. Nothing is computed. */
final class DecoderPlanTest {
  private static final long PLENTY = 8L << 30;
  private static final int LANES = 16;

  private static final Gemm GEMM = new UntouchedGemm();

  private static final Machine AVX512_BF16 =
      new Machine(false, GEMM, LANES, PLENTY, PLENTY, PLENTY, null);
  private static final Machine AVX2 = new Machine(false, null, 8, PLENTY, PLENTY, PLENTY, null);
  private static final Machine WITHOUT_VECTORS =
      new Machine(false, null, 0, PLENTY, PLENTY, PLENTY, null);
  private static final Machine GPU = new Machine(true, null, LANES, PLENTY, PLENTY, PLENTY, null);

  /** Wishes; all others are the defaults. */
  private record Wish(
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer vectorRows,
      @Nullable Integer blockSize) {
    ModelSettings settings(@Nullable Long cacheBytes) {
      return new ModelSettings(
          precision,
          quantization,
          "cpu",
          false,
          kernel,
          vectorRows,
          false,
          2,
          blockSize,
          16,
          null,
          cacheBytes,
          null);
    }
  }

  private final FakeKernelChoice kernels = new FakeKernelChoice(TorchKernel.ONEDNN_BF16);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "BF16 | NONE | -           | - | vectors of bfloat16 in 12 bits up to 1 row, brgemm-bf16 | 64",
        "BF16 | NONE | -           | 0 | brgemm-bf16                                 | 64",
        "BF16 | NONE | -           | 3 | vectors of bfloat16 up to 3 rows, brgemm-bf16 | 64",
        "FP32 | NONE | BRGEMM_BF16 | - | brgemm-bf16                                 | 64",
        "FP32 | NONE | -           | - | onednn-bf16                                 | 32",
        "FP32 | NONE | -           | 9 | vectors of float32 up to 9 rows, onednn-bf16 | 32",
        "FP16 | NONE | -           | - | onednn-bf16                                 | 32",
        "BF16 | NONE | PLAIN       | - | plain                                       | 32",
        "BF16 | NONE | PLAIN       | 2 | vectors of bfloat16 up to 2 rows, plain     | 32",
      })
  void decoders_onACpuThatMultipliesBfloat16(
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer vectorRows,
      String decoders,
      int blockSize) {
    DecoderPlan plan =
        plan(new Wish(precision, quantization, kernel, vectorRows, null), AVX512_BF16);

    assertThat(labels(plan)).isEqualTo(decoders);
    assertThat(plan.cache().blockSize()).isEqualTo(blockSize);
    assertThat(plan.layout() == CacheLayout.PAIRED).isEqualTo(decoders.contains("brgemm"));
    assertThat(plan.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "BF16 | NONE | -      | - | vectors of bfloat16 for every step           | 64 | PAIRED",
        "BF16 | NONE | VECTOR | 3 | vectors of bfloat16 for every step           | 64 | PAIRED",
        "BF16 | NONE | -      | 1 | vectors of bfloat16 up to 1 row, onednn-bf16 | 32 | -",
        "BF16 | NONE | -      | 0 | onednn-bf16                                  | 32 | -",
        "FP32 | INT8 | -      | - | vectors of int8 up to 8 rows, onednn-bf16    | 32 | -",
        "FP32 | INT8 | VECTOR | - | vectors of int8 for every step               | 64 | PAIRED",
        "FP32 | NONE | -      | - | onednn-bf16                                  | 32 | -",
        "FP32 | NONE | VECTOR | - | vectors of float32 for every step            | 64 | TRANSPOSED",
        "BF16 | INT4 | -      | - | vectors of int4 up to 1 row, int4            | 32 | -",
        "BF16 | INT4 | -      | 4 | vectors of int4 up to 1 row, int4            | 32 | -",
        "BF16 | INT4 | VECTOR | - | vectors of int4 for every step               | 64 | PAIRED",
      })
  void decoders_onACpuWithAvx2(
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer vectorRows,
      String decoders,
      int blockSize,
      @Nullable CacheLayout layout) {
    DecoderPlan plan = plan(new Wish(precision, quantization, kernel, vectorRows, null), AVX2);

    assertThat(labels(plan)).isEqualTo(decoders);
    assertThat(plan.cache().blockSize()).isEqualTo(blockSize);
    if (layout != null) {
      assertThat(plan.layout()).isEqualTo(layout);
    }
  }

  /** Keys and values are read as panels, two vectors wide. */
  @Test
  void vectorsForAllSteps_areRefusedWhereBlocksAreNoPanels() {
    Wish forced = new Wish(Precision.BF16, Quantization.NONE, Kernel.VECTOR, null, 8);
    assertThatThrownBy(() -> plan(forced, AVX2))
        .hasMessage("kernel vector: they need a --block-size of 16 or more, but it is 8");
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16", "FP16"})
  void vectorsForAllSteps_areRefusedWhereTheyCannotBe(Precision precision) {
    Wish forced = new Wish(precision, Quantization.NONE, Kernel.VECTOR, null, null);
    Machine machine = precision == Precision.FP16 ? AVX2 : GPU;
    assertThatThrownBy(() -> plan(forced, machine))
        .hasMessage("kernel vector needs a CPU, and fp32 or bf16");
  }

  @Test
  void decoders_onAGpuAreTheProgramAlone() {
    for (Precision precision : List.of(Precision.FP32, Precision.BF16, Precision.FP16)) {
      DecoderPlan plan = plan(new Wish(precision, Quantization.NONE, null, null, null), GPU);
      assertThat(labels(plan)).isEqualTo("onednn-bf16");
      assertThat(plan.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"FP32, fp32, 8", "BF16, bf16, 4", "FP16, fp16, 4"})
  void decoders_onAGpuWithKernelsOfOurOwnAreTheseAlone(
      Precision precision, String type, int bytes) {
    CudaSupport support = new CudaSupport(untouched(), "");
    Machine machine = new Machine(true, null, LANES, PLENTY, PLENTY, PLENTY, support);
    DecoderPlan plan = plan(new Wish(precision, Quantization.NONE, null, null, null), machine);

    assertThat(labels(plan)).isEqualTo("CUDA kernels in " + type);
    assertThat(plan.cuda()).isPresent();
    assertThat(plan.layout()).isEqualTo(CacheLayout.CUDA);
    assertThat(plan.notes()).isEmpty();
    assertThat(kernels.asked).isEmpty();
    // Heads of 16 are padded to 32.
    ModelSpec spec = plan.spec();
    assertThat(plan.cache().bytes())
        .isEqualTo(
            plan.cache().tokens() * 2 * spec.layers() * spec.kvHeads() * spec.headDim() * bytes);
  }

  @Test
  void notes_tellWhyThereAreNoCudaKernels() {
    CudaSupport none = CudaSupport.none("there is no NVIDIA driver");
    Machine machine = new Machine(true, null, LANES, PLENTY, PLENTY, PLENTY, none);
    DecoderPlan plan = plan(new Wish(Precision.BF16, Quantization.NONE, null, null, null), machine);

    assertThat(labels(plan)).isEqualTo("onednn-bf16");
    assertThat(plan.cuda()).isEmpty();
    assertThat(plan.notes()).contains("no CUDA kernels: there is no NVIDIA driver");
  }

  /** A GPU that is asked for nothing: a plan must not. */
  private static CudaDevice untouched() {
    return (CudaDevice)
        Proxy.newProxyInstance(
            CudaDevice.class.getClassLoader(),
            new Class<?>[] {CudaDevice.class},
            (proxy, method, arguments) -> {
              throw new AssertionError("a plan called " + method.getName());
            });
  }

  /** Measuring takes a second: it is done once, and for what is left to the program only. */
  @Test
  void kernels_areAskedForAsTheyAreNeeded() {
    plan(new Wish(Precision.BF16, Quantization.NONE, null, null, null), AVX512_BF16);
    plan(new Wish(Precision.BF16, Quantization.NONE, Kernel.VECTOR, null, null), AVX2);
    plan(new Wish(Precision.FP32, Quantization.INT8, Kernel.VECTOR, null, null), AVX2);
    plan(new Wish(Precision.BF16, Quantization.NONE, null, null, null), AVX2);
    assertThat(kernels.asked).isEmpty();

    plan(new Wish(Precision.BF16, Quantization.NONE, null, 2, null), AVX2);
    plan(new Wish(Precision.FP32, Quantization.INT8, null, null, null), AVX2);
    plan(new Wish(Precision.FP32, Quantization.INT8, null, 0, null), AVX2);
    plan(new Wish(Precision.FP32, Quantization.NONE, null, null, null), AVX2);
    plan(new Wish(Precision.FP32, Quantization.NONE, Kernel.PLAIN, null, null), AVX2);
    assertThat(kernels.asked)
        .containsExactly(
            "for many BF16, or null",
            "for many BF16, or INT8",
            "quantized INT8, room true",
            "fastest FP32, room true",
            "require PLAIN");
  }

  @Test
  void kernels_haveNoRoomForTwoPackingsInLittleMemory() {
    Machine small = new Machine(false, null, 8, PLENTY, 1000, PLENTY, null);
    plan(new Wish(Precision.FP32, Quantization.INT4, null, 0, null), small);
    assertThat(kernels.asked).containsExactly("quantized INT4, room false");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "16   | no brgemm-bf16: it needs a --block-size of 32 or more, but it is 16",
        "8    | no brgemm-bf16: it needs a --block-size of 32 or more, but it is 8",
      })
  void notes_tellWhyMatricesAreNotMultiplied(int blockSize, String note) {
    Wish wish = new Wish(Precision.BF16, Quantization.NONE, null, null, blockSize);
    assertThat(plan(wish, AVX512_BF16).notes()).contains(note);

    Wish forced = new Wish(Precision.BF16, Quantization.NONE, Kernel.BRGEMM_BF16, null, blockSize);
    assertThatThrownBy(() -> plan(forced, AVX512_BF16))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage(note.replace("no brgemm-bf16: it", "kernel brgemm-bf16"));
  }

  @Test
  void forcedKernel_isRefusedWhereTheMachineLacksIt() {
    Wish forced = new Wish(Precision.BF16, Quantization.NONE, Kernel.BRGEMM_BF16, null, null);
    assertThatThrownBy(() -> plan(forced, AVX2))
        .hasMessage("kernel brgemm-bf16 needs Linux and a CPU with AVX512-BF16");
    assertThatThrownBy(
            () -> plan(forced, new Machine(false, GEMM, 0, PLENTY, PLENTY, PLENTY, null)))
        .hasMessageContaining("--add-modules=jdk.incubator.vector");
  }

  @Test
  void notes_tellWhyThereAreNoVectors() {
    Wish wish = new Wish(Precision.BF16, Quantization.NONE, null, null, null);
    assertThat(plan(wish, WITHOUT_VECTORS).notes())
        .contains(
            "no vectors: they need AVX2 or more, and Java to be started with"
                + " --add-modules=jdk.incubator.vector");
    assertThat(plan(wish, new Machine(false, null, 8, PLENTY, PLENTY, 1 << 17, null)).notes())
        .contains(
            "no vectors: weights take 0 MiB of Java's heap, which has 0 MiB free (MILLRACE_HEAP"
                + " sets its size)");
    assertThat(plan(wish, new Machine(false, GEMM, LANES, PLENTY, 1 << 20, PLENTY, null)).notes())
        .anyMatch(note -> note.contains("weights in two formats and the KV cache take"));
  }

  /** Four numbers lie in a word, so rows are that many, or whole multiples. */
  @Test
  void vectors_areNotTakenForRowsThatTheFormatCannotKeep() {
    ModelSpec odd = ModelSpec.of(TinyCheckpoint.llama().config().put("intermediate_size", 126));
    Wish int8 = new Wish(Precision.FP32, Quantization.INT8, null, null, null);
    assertThat(plan(odd, int8, AVX2, null).notes())
        .contains("no vectors: int8 cannot keep matrices of these widths");
  }

  /** Java's buffers number their bytes by ints. */
  @Test
  void vectors_areNotTakenWhereACacheIsMoreThanABuffer() {
    ModelSpec spec =
        ModelSpec.of(TinyCheckpoint.llama().config().put("max_position_embeddings", 1 << 30));
    Wish wish = new Wish(Precision.FP32, Quantization.NONE, null, 4, null);
    long bytes = 2L * spec.layers() * Integer.MAX_VALUE + (1L << 30);
    assertThat(plan(spec, wish, AVX2, bytes).notes())
        .contains("no vectors: a layer's part of the KV cache is more than 2 GiB");
  }

  @ParameterizedTest
  @CsvSource({"8, TRANSPOSED", "32, TRANSPOSED_NARROW_VALUES"})
  void layout_hasNarrowValuesWhereVectorsCanReadThem(int headDim, CacheLayout layout) {
    ModelSpec spec =
        ModelSpec.of(TinyCheckpoint.llama().withWidth(4 * headDim, 4, 2, 128).config());
    Wish wish = new Wish(Precision.BF16, Quantization.NONE, Kernel.ONEDNN_BF16, 4, null);
    assertThat(plan(spec, wish, AVX2, null).layout()).isEqualTo(layout);
  }

  @Test
  void layout_isFloat32WhereKernelsComputeInIt() {
    Wish wish = new Wish(Precision.FP32, Quantization.NONE, Kernel.ONEDNN_FP32, 0, null);
    assertThat(plan(wish, AVX2).layout()).isEqualTo(CacheLayout.TRANSPOSED);
  }

  @Test
  void spec_hasNoMorePositionsThanTheCacheHolds() {
    Wish wish = new Wish(Precision.FP32, Quantization.NONE, null, null, 16);
    ModelSpec spec = ModelSpec.of(TinyCheckpoint.llama().config());
    long bytesOfABlock = 2L * spec.layers() * spec.kvHeads() * spec.headDim() * 16 * Float.BYTES;
    DecoderPlan plan = plan(spec, wish, AVX2, 3 * bytesOfABlock);
    assertThat(plan.cache().blocks()).isEqualTo(3);
    assertThat(plan.spec().maxPositions()).isEqualTo(48);
  }

  @Test
  void toString_isOneLineForTheLog() {
    Wish wish = new Wish(Precision.BF16, Quantization.NONE, null, 2, 8);
    assertThat(plan(wish, AVX2).toString())
        .startsWith("decoders: vectors of bfloat16 up to 2 rows, then onednn-bf16; KV cache of ")
        .contains("blocks of 8 tokens")
        .endsWith(
            ", float32 keys and bfloat16 values; no brgemm-bf16: it needs Linux and a CPU with AVX512-BF16")
        .doesNotContain("\n");
  }

  @Test
  void heapBytes_countAllMatrices() {
    ModelSpec spec = ModelSpec.of(TinyCheckpoint.llama().config());
    long layer = 64 * (64 + 2 * 32) + 64 * 64 + 3 * 64 * 128;
    long all = 2 * layer + 384 * 64;
    assertThat(VectorChoice.decode(WeightFormat.FLOAT32, 1, 1).heapBytes(spec)).isEqualTo(4 * all);
    // Once in 16 bits and once in 12.
    assertThat(VectorChoice.decode(WeightFormat.BFLOAT16, 32, 4).heapBytes(spec))
        .isEqualTo(all * 28 / 8);
    assertThat(VectorChoice.allSteps(WeightFormat.INT8, 8).heapBytes(spec)).isEqualTo(all);
  }

  private DecoderPlan plan(Wish wish, Machine machine) {
    return plan(ModelSpec.of(TinyCheckpoint.llama().config()), wish, machine, null);
  }

  private DecoderPlan plan(ModelSpec spec, Wish wish, Machine machine, @Nullable Long cacheBytes) {
    return DecoderPlan.of(
        spec, wish.precision, 100_000, wish.settings(cacheBytes), machine, kernels);
  }

  @ParameterizedTest
  @CsvSource({"FP32, NONE, float32", "BF16, NONE, bfloat16", "BF16, INT8, int8"})
  void batchInvariant_isOneDecoderForAllSteps(
      Precision precision, Quantization quantization, String format) {
    DecoderPlan plan = batchInvariant(precision, quantization, AVX512_BF16);
    assertThat(labels(plan))
        .isEqualTo("vectors of %s for every step, batch-invariant".formatted(format));
    assertThat(plan.layout()).isEqualTo(CacheLayout.TRANSPOSED);
  }

  @ParameterizedTest
  @CsvSource({"FP16, NONE", "BF16, INT4"})
  void batchInvariant_isRefusedWithoutAKernelForIt(Precision precision, Quantization quantization) {
    assertThatThrownBy(() -> batchInvariant(precision, quantization, AVX512_BF16))
        .isInstanceOf(UnsupportedModel.class)
        .hasMessage("--batch-invariant needs a CPU, and fp32, bf16 or int8");
  }

  private DecoderPlan batchInvariant(
      Precision precision, Quantization quantization, Machine machine) {
    ModelSettings settings =
        new ModelSettings(
            precision, quantization, "cpu", false, null, null, true, 2, null, 16, null, null, null);
    ModelSpec spec = ModelSpec.of(TinyCheckpoint.llama().config());
    return DecoderPlan.of(spec, precision, 100_000, settings, machine, kernels);
  }

  private static String labels(DecoderPlan plan) {
    List<String> labels =
        plan.decoders().stream().map(DecoderChoice::label).collect(Collectors.toList());
    plan.program().ifPresent(pair -> labels.add(pair.label()));
    return String.join(", ", labels);
  }
}
