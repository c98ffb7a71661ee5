package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.torch.TorchKernel;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.testing.TinyCheckpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which decoders weights of few bits get, by machine, memory and the model's widths. */
final class QuantizedPlanTest {
  private static final long PLENTY = 8L << 30;
  private static final int WEIGHTS = 100_000;

  /** Widths that are whole runs of bytes and of pairs, on any machine. */
  private static final ModelSpec WIDE =
      ModelSpec.of(TinyCheckpoint.llama().withWidth(256, 4, 2, 256).config());

  private static final ModelSpec ODD =
      ModelSpec.of(TinyCheckpoint.llama().config().put("intermediate_size", 80));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "INT8 | -           | - | brgemm-int8",
        "INT8 | BRGEMM_BF16 | - | vectors of int8 up to 1 row, then brgemm-bf16",
        "INT8 | -           | 3 | vectors of int8 up to 3 rows, then brgemm-int8",
        "INT8 | -           | 0 | brgemm-int8",
        "INT8 | VECTOR      | - | vectors of int8 for every step",
        "INT4 | -           | - | vectors of int4 up to 1 row, then brgemm-int8",
        "INT4 | -           | 3 | vectors of int4 up to 1 row, then brgemm-int8",
        "INT4 | -           | 0 | brgemm-int8",
        "INT4 | VECTOR      | - | vectors of int4 for every step",
      })
  void decoders_multiplyBytesWhereTheMachineDoes(
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer vectorRows,
      String decoders) {
    DecoderPlan plan = plan(WIDE, quantization, kernel, vectorRows, machine(PLENTY, PLENTY));
    assertThat(labels(plan)).isEqualTo(decoders);
    assertThat(plan.notes()).isEmpty();
    assertThat(plan.layout()).isEqualTo(CacheLayout.PAIRED);
  }

  @Test
  void decoders_areOthersForWidthsThatAreNoWholeRuns() {
    Machine machine = machine(PLENTY, PLENTY);
    assertThat(labels(plan(ODD, Quantization.INT8, null, null, machine)))
        .isEqualTo("vectors of int8 up to 1 row, then brgemm-bf16");
    assertThat(labels(plan(ODD, Quantization.INT4, null, null, machine))).isEqualTo("int4");
  }

  /** Half of the free memory must do for a second copy of the weights. */
  @Test
  void int4_isLeftToTheProgramInLittleMemory() {
    Machine enough = machine(2 * WEIGHTS, PLENTY);
    assertThat(labels(plan(WIDE, Quantization.INT4, null, null, enough))).endsWith("brgemm-int8");
    Machine small = machine(2 * WEIGHTS - 2, PLENTY);
    assertThat(labels(plan(WIDE, Quantization.INT4, null, null, small))).endsWith("int4");
  }

  @Test
  void int4_isComputedInInt8WhereTheHeapHasNoRoomForIt() {
    DecoderPlan plan = plan(WIDE, Quantization.INT4, null, null, machine(PLENTY, 1 << 10));
    assertThat(labels(plan)).isEqualTo("brgemm-int8");
    assertThat(plan.notes()).singleElement().asString().contains("MILLRACE_HEAP");
  }

  private static Machine machine(long host, long heap) {
    return new Machine(false, new UntouchedGemm(), 16, PLENTY, host, heap, null);
  }

  private static DecoderPlan plan(
      ModelSpec spec,
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer vectorRows,
      Machine machine) {
    ModelSettings settings =
        new ModelSettings(
            Precision.BF16,
            quantization,
            "cpu",
            false,
            kernel,
            vectorRows,
            false,
            2,
            null,
            16,
            null,
            null,
            null);
    return DecoderPlan.of(
        spec,
        Precision.BF16,
        WEIGHTS,
        settings,
        machine,
        new FakeKernelChoice(TorchKernel.ONEDNN_BF16));
  }

  private static String labels(DecoderPlan plan) {
    String decoders =
        String.join(", then ", plan.decoders().stream().map(DecoderChoice::label).toList());
    return plan.program().map(pair -> decoders + " " + pair.label()).orElse(decoders).strip();
  }
}
