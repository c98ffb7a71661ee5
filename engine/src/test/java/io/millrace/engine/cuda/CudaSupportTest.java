package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CudaSupportTest {
  @Test
  void machineWithoutADriver_hasNoSupport() {
    assumeTrue(Files.notExists(Path.of("/proc/driver/nvidia")), "there is a driver");
    CudaSupport support = CudaSupport.ofNvidia(0);
    assertThat(support.device()).isNull();
    assertThat(support.obstacle()).isEqualTo("there is no NVIDIA driver (libcuda.so.1)");
  }
}
