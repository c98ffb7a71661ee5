package io.millrace.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.StopCriteria;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServingMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ServingMetrics metrics = new ServingMetrics(registry, "m");

  @Test
  void figure_isShownOfModelsBeforeAndAfter() {
    metrics.watch("length", "Length of the name", String::length);
    metrics.show(List.of("m", "later"));
    assertThat(length("m")).isEqualTo(1);
    assertThat(length("later")).isEqualTo(5);
  }

  private double length(String model) {
    return registry.get("millrace.length").tag("model_name", model).gauge().value();
  }

  @Test
  void params_areThoseThatWereAskedFor() {
    RequestMetrics request = metrics.request("a", "a");
    request.params(OutputParams.TEXT, StopCriteria.MODEL_DEFAULTS);
    request.params(OutputParams.TEXT, StopCriteria.MODEL_DEFAULTS.withMaxTokens(7));
    assertThat(registry.get("millrace.request.params.n").summary().totalAmount()).isEqualTo(2);
    assertThat(registry.get("millrace.request.params.max.tokens").summary().count()).isEqualTo(1);
    assertThat(registry.get("millrace.request.params.max.tokens").summary().totalAmount())
        .isEqualTo(7);
  }
}
