package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.cuda.CudaSupport;
import io.millrace.testing.TinyCheckpoint;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class EngineStartTest {
  private static final String NO_CUDA_KERNELS =
      "no CUDA kernels: there is no NVIDIA driver (libcuda.so.1)";

  private @TempDir Path folder;

  @Test
  void load_saysWhyThereAreNoCudaKernels() throws Exception {
    assumeTrue(CudaSupport.ofNvidia(0).device() == null, "there is a GPU");
    TinyCheckpoint.llama().writeTo(folder);

    assertThat(toldAtStart("--use-cuda-kernel")).containsOnlyOnce(NO_CUDA_KERNELS);
    assertThat(toldAtStart("--kernel=plain")).doesNotContain("CUDA kernels");
  }

  @Test
  void load_tellsTheDeviceAndLibtorch() throws Exception {
    TinyCheckpoint.llama().writeTo(folder);

    assertThat(toldAtStart("--device=cpu")).containsPattern("computing on cpu, libtorch \\d+\\.");
  }

  @Test
  void load_tellsWhatAGpuNeeds() throws Exception {
    assumeThat(System.getenv("PYTORCH_LIBRARY_PATH")).isNull();
    TinyCheckpoint.llama().writeTo(folder);

    assertThatThrownBy(() -> toldAtStart("--device=cuda:1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "--device cuda:1: libtorch (\\S+) here is for CPUs; `pip install torch==\\1` brings one"
                + " for CUDA, and PYTORCH_LIBRARY_PATH is to name its folder torch/lib");
  }

  /** What standard error shows, which is where logs go. */
  private String toldAtStart(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of("--dtype=fp32", "--threads=1", "--kv-cache-memory=1MiB"));
    EngineOptions options = new EngineOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(all.toArray(String[]::new));
    PrintStream before = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    try {
      EngineStart.load(folder.toString(), options, 1).close();
    } finally {
      System.setErr(before);
    }
    return told.toString(StandardCharsets.UTF_8);
  }
}
