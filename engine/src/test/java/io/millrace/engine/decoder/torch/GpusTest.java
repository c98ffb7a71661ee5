package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class GpusTest {
  private static final String VERSION = "2.7.1+cu128";

  private static Gpus gpus(boolean forCuda, boolean usable, FakeCuda driver) {
    return new Gpus(VERSION, forCuda, usable, Optional.of(driver.driver()));
  }

  @Test
  void gpu_isDescribedInOneLine() {
    Gpus gpus = gpus(true, true, FakeCuda.of(2));

    assertThat(gpus.count()).isEqualTo(2);
    assertThat(gpus.obstacle(1)).isEmpty();
    assertThat(gpus.unused()).isEmpty();
    assertThat(gpus.describe(1))
        .matches(
            "cuda:1, NVIDIA H100 101, compute capability 9\\.0, 70\\.0 of 80\\.0 GiB free, driver.*"
                + " for CUDA 12\\.8, libtorch 2\\.7\\.1\\+cu128");
  }

  @Test
  void memoryAndBandwidth_areTheDrivers() {
    NvidiaDriver driver = FakeCuda.of(1).driver();

    assertThat(driver.memory(0)).isEqualTo(new NvidiaDriver.Memory(FakeCuda.FREE, FakeCuda.TOTAL));
    assertThat(driver.bandwidth(0)).isEqualTo(3_352_320_000_000L);
  }

  @Test
  void libtorchForCpus_isToldWithWhatBringsAnother() {
    Gpus gpus = gpus(false, false, FakeCuda.of(1));

    assertThat(gpus.count()).isZero();
    assertThat(gpus.obstacle(0).orElseThrow())
        .startsWith("libtorch 2.7.1+cu128 here is for CPUs; `pip install torch==")
        .endsWith("PYTORCH_LIBRARY_PATH is to name its folder torch/lib");
    assertThat(gpus.unused().orElseThrow()).startsWith("a GPU is not used: libtorch ");
  }

  @Test
  void missingDriver_isTold() {
    Gpus gpus = new Gpus(VERSION, true, false, Optional.empty());

    assertThat(gpus.obstacle(0).orElseThrow()).startsWith("there is no NVIDIA driver, ");
    assertThat(gpus.unused()).isEmpty();
  }

  @Test
  void driverThatFails_isQuoted() {
    Gpus gpus = gpus(true, false, new FakeCuda(1, 12080, 35));

    assertThat(gpus.obstacle(0))
        .contains("the NVIDIA driver says: CUDA driver version is insufficient");
    assertThat(gpus.unused()).isEmpty();
    assertThatThrownBy(() -> new FakeCuda(1, 12080, 35).driver().memory(0))
        .hasMessage("the NVIDIA driver says: CUDA driver version is insufficient");
  }

  @Test
  void driverThatIsTooOld_isTold() {
    Gpus gpus = gpus(true, false, new FakeCuda(1, 11040, 0));

    assertThat(gpus.obstacle(0).orElseThrow())
        .startsWith("libtorch 2.7.1+cu128 cannot use the NVIDIA driver")
        .endsWith("which is for CUDA 11.4: it needs a newer one");
  }

  @Test
  void gpuThatIsNotThere_isToldWithThoseThatAre() {
    assertThat(gpus(true, true, FakeCuda.of(2)).obstacle(2))
        .contains("there are 2 GPUs, cuda:0 to cuda:1");
    assertThat(gpus(true, true, FakeCuda.of(1)).obstacle(3)).contains("there is one GPU, cuda:0");
    assertThat(gpus(true, true, FakeCuda.of(0)).obstacle(0).orElseThrow())
        .startsWith("the NVIDIA driver for CUDA 12.8 shows no GPU");
  }
}
