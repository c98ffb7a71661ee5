package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stands in for a GPU is right, and finds what would go unseen on one. */
final class EmulatedDeviceTest {
  private static final String TEXT =
      """
      extern "C" __global__ void sums(int* to, int blocks) {
        __shared__ int all[64];
        int mine = threadIdx.x;
        for (int step = 16; step > 0; step /= 2) {
          mine += __shfl_xor_sync(0xffffffffu, mine, step);
        }
        all[threadIdx.x] = mine;
        __syncthreads();
        int other = all[63 - threadIdx.x];
        __syncthreads();
        all[threadIdx.x] = other + __shfl_sync(0xffffffffu, threadIdx.x, 3);
        __syncthreads();
        to[blockIdx.x * 64 + threadIdx.x] = all[threadIdx.x] + 1000 * blockIdx.x + blocks;
      }
      extern "C" __global__ void parted_warp(int* to) {
        if (threadIdx.x % 2) {
          __syncwarp();
        } else {
          __syncthreads();
        }
      }
      extern "C" __global__ void gone_thread(int* to) {
        if (threadIdx.x != 5) {
          __syncthreads();
        }
      }
      extern "C" __global__ void outside(int* to) {
        to[threadIdx.x + 1] = 1;
      }
      """;

  private static EmulatedDevice device;

  @BeforeAll
  static void open() {
    device = EmulatedDevice.open();
    device.load(new KernelSource("test.cu", TEXT, Map.of("NUMBER", 0)));
  }

  @AfterAll
  static void close() {
    if (device != null) {
      device.close();
    }
  }

  @ParameterizedTest
  @EnumSource(EmulatedDevice.ThreadOrder.class)
  void threads_waitForEachOther(EmulatedDevice.ThreadOrder order) {
    device.run(order);
    long to = device.allocate(128 * Integer.BYTES);
    device.launch("sums", Grid.of(2, 64), to, 7);
    ByteBuffer found = ByteBuffer.allocateDirect(512).order(ByteOrder.nativeOrder());
    device.download(found, to);
    for (int i = 0; i < 128; i++) {
      int thread = i % 64;
      int sum = thread < 32 ? 32 * 47 + 16 : 16 * 31;
      int lane = thread < 32 ? 3 : 35;
      assertThat(found.getInt(i * Integer.BYTES)).isEqualTo(sum + lane + 1000 * (i / 64) + 7);
    }
    device.free(to);
  }

  @Test
  void partedThreads_areTold() {
    long to = device.allocate(64);
    assertThatThrownBy(() -> device.launch("parted_warp", Grid.of(1, 64), to))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("parted_warp: threads wait for each other");
    assertThatThrownBy(() -> device.launch("gone_thread", Grid.of(1, 64), to))
        .hasMessageContaining("gone_thread: a block has parted: thread 5");
    // What failed leaves nothing behind.
    threads_waitForEachOther(EmulatedDevice.ThreadOrder.UP);
    device.free(to);
  }

  @Test
  void writingOutside_isTold() {
    long to = device.allocate(32 * Integer.BYTES);
    device.launch("outside", Grid.of(1, 32), to);
    assertThatThrownBy(() -> device.free(to))
        .isInstanceOf(AssertionError.class)
        .hasMessage("byte 128 of 128 was written");
    // Mended, so that closing finds nothing.
    ByteBuffer poison = ByteBuffer.allocateDirect(4).putInt(0, -1);
    device.upload(to + 128, poison);
    device.free(to);
  }

  @Test
  void recording_runsNothingAndAllowsNoCopies() {
    long to = device.allocate(128 * Integer.BYTES);
    CudaGraph graph = device.capture(() -> device.launch("sums", Grid.of(2, 64), to, 0));
    ByteBuffer found = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
    device.download(found, to);
    assertThat(found.getInt(0)).isZero();
    graph.launch();
    device.download(found, to);
    assertThat(found.getInt(0)).isNotZero();
    assertThatThrownBy(() -> device.capture(device::synchronize))
        .hasMessage("a wait while a graph is recorded");
    device.free(to);
  }

  @Test
  void argument_mustBeOneThatCHas() {
    assertThatThrownBy(() -> device.launch("sums", Grid.of(1, 64), 0L, 1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("argument 1 is neither long, int nor float: 1.0");
  }
}
