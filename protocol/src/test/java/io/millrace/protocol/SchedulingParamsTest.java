package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingParamsTest {
  @Test
  void rank_isOfTheTierFirst_andOfThePriorityThen() {
    List<SchedulingParams> inOrder =
        List.of(
            new SchedulingParams(Integer.MAX_VALUE, ServiceTier.PRIORITY),
            new SchedulingParams(Integer.MIN_VALUE, null),
            new SchedulingParams(-1, ServiceTier.AUTO),
            new SchedulingParams(0, ServiceTier.DEFAULT),
            new SchedulingParams(1, null),
            new SchedulingParams(Integer.MIN_VALUE, ServiceTier.FLEX),
            new SchedulingParams(0, ServiceTier.FLEX));

    assertThat(inOrder).isSortedAccordingTo(Comparator.comparingLong(SchedulingParams::rank));
    assertThat(inOrder.stream().map(SchedulingParams::rank)).doesNotHaveDuplicates();
  }

  @Test
  void record_isOfTheTierOfItsTopic_unlessItSaysAnother() {
    assertThat(read("{}", RequestClass.INTERACTIVE)).isEqualTo(SchedulingParams.USUAL);
    assertThat(read("{'priority':-3}", RequestClass.BATCH))
        .isEqualTo(new SchedulingParams(-3, ServiceTier.FLEX));
    assertThat(read("{'service_tier':'auto'}", RequestClass.BATCH).tier())
        .isEqualTo(ServiceTier.FLEX);
    assertThat(read("{'service_tier':'flex'}", RequestClass.INTERACTIVE).tier())
        .isEqualTo(ServiceTier.FLEX);
    assertThat(read("{'service_tier':'priority'}", RequestClass.INTERACTIVE).tier())
        .isEqualTo(ServiceTier.PRIORITY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "priority"})
  void batchTopic_hasNoOtherTier(String tier) {
    assertThatThrownBy(() -> read("{'service_tier':'%s'}".formatted(tier), RequestClass.BATCH))
        .isInstanceOf(Invalid.class)
        .hasMessage(
            "service_tier must be \"auto\" or \"flex\" in the batch class, but is \"%s\"", tier);
  }

  @Test
  void valuesThatMeanNothing_areRefusedByName() {
    assertThatThrownBy(() -> read("{'service_tier':'scale'}", RequestClass.INTERACTIVE))
        .isInstanceOf(Invalid.class)
        .hasMessageContainingAll("service_tier", "scale", "auto", "default", "flex", "priority");
    assertThatThrownBy(() -> read("{'priority':1.5}", RequestClass.INTERACTIVE))
        .isInstanceOf(Invalid.class)
        .hasMessageContainingAll("priority", "1.5");
  }

  @Test
  void usualUrgency_isNotWritten() {
    GenerationRequest request = RecordSamples.smallRequest(new Prompt.Text("a"));
    Stream.of("priority", "service_tier")
        .forEach(it -> assertThat(json(request)).doesNotContain(it));
    assertThat(json(request.withScheduling(new SchedulingParams(-2, ServiceTier.FLEX))))
        .contains("\"priority\":-2", "\"service_tier\":\"flex\"");
  }

  private static String json(GenerationRequest request) {
    return new String(Wire.encode(request), StandardCharsets.UTF_8);
  }

  private static SchedulingParams read(String fields, RequestClass requestClass) {
    String json = fields.replace('\'', '"').replace("}", fields.equals("{}") ? "" : ",");
    byte[] value = (json + "\"prompt\":\"a\"}").getBytes(StandardCharsets.UTF_8);
    return IncomingRequest.of(
            value, new RequestDefaults(() -> "a", Instant.EPOCH, "replies", null, requestClass))
        .request()
        .scheduling();
  }
}
