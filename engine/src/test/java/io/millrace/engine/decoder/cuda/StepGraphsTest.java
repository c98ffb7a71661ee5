package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.CudaGraph;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepGraphsTest {
  private static final StepLayout ONE = new StepLayout(1, 1, 1, 0);
  private static final StepLayout TWO = new StepLayout(2, 2, 2, 0);

  private final List<String> done = new ArrayList<>();
  private final StepGraphs graphs = new StepGraphs(device());

  /** A device that only records. */
  private CudaDevice device() {
    return (CudaDevice)
        Proxy.newProxyInstance(
            CudaDevice.class.getClassLoader(),
            new Class<?>[] {CudaDevice.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("capture");
              done.add("capture");
              ((Runnable) arguments[0]).run();
              return graph();
            });
  }

  private CudaGraph graph() {
    return new CudaGraph() {
      @Override
      public void launch() {
        done.add("launch");
      }

      @Override
      public void close() {
        done.add("close");
      }
    };
  }

  private void run(StepLayout layout) {
    graphs.run(layout, () -> done.add("work"));
  }

  @Test
  void step_isRecordedTheSecondTimeAndLaunchedFromThenOn() {
    for (int i = 0; i < 4; i++) {
      run(ONE);
    }
    assertThat(done).containsExactly("work", "capture", "work", "launch", "launch", "launch");
    run(TWO);
    run(TWO);
    assertThat(graphs.count()).isEqualTo(2);
  }

  @Test
  void prompt_isNeverRecorded() {
    StepLayout prompt = new StepLayout(5, 1, 0, 2);
    for (int i = 0; i < 3; i++) {
      run(prompt);
    }
    assertThat(done).containsExactly("work", "work", "work");
    assertThat(graphs.count()).isZero();
  }

  @Test
  void close_closesThemAll() {
    run(ONE);
    run(ONE);
    graphs.close();
    assertThat(done).endsWith("close");
    assertThat(graphs.count()).isZero();
  }
}
