package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.cuda.CompilerReport;
import io.millrace.engine.cuda.KernelSource;
import io.millrace.engine.cuda.NumberType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kernel compiles for the GPUs that there are, where NVRTC is found; no GPU is needed. */
final class CompiledKernelsTest {
  private static final int SHARED_BYTES = 48 << 10;

  @ParameterizedTest
  @CsvSource({
    "80,  BFLOAT16, 128",
    "90,  BFLOAT16, 128",
    "120, BFLOAT16, 128",
    "90,  FLOAT16,  64",
    "90,  FLOAT32,  128",
    "90,  BFLOAT16, 80",
    "90,  BFLOAT16, 256",
  })
  void kernels_fitIntoRegisters(int architecture, NumberType type, int headDim) {
    CompilerReport compiler = CompilerReport.open();
    KernelSource source = DecoderKernels.of(type, headDim);
    List<CompilerReport.Needs> all = compiler.compile(source, architecture);
    System.out.printf(
        "NVRTC %s, sm_%d, %s, heads of %d:%n",
        compiler.version(), architecture, type.label(), headDim);
    all.forEach(needs -> System.out.println("  " + needs));
    assertThat(all)
        .extracting(CompilerReport.Needs::kernel)
        .containsExactlyInAnyOrderElementsOf(source.kernels());
    assertThat(all)
        .allSatisfy(
            needs -> {
              assertThat(needs.spilledBytes()).isZero();
              assertThat(needs.sharedBytes()).isLessThanOrEqualTo(SHARED_BYTES);
            });
    assertThat(all)
        .filteredOn(needs -> needs.kernel().startsWith("linear"))
        .allSatisfy(
            needs ->
                assertThat(needs.sharedBytes())
                    .isLessThanOrEqualTo(DecoderKernels.LINEAR_SHARED_BYTES));
  }
}
