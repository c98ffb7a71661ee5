package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WireTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final ReplyAddress REPLY = new ReplyAddress("answers", 3);

  @Test
  void request_survivesTheWire() {
    GenerationRequest request =
        new GenerationRequest(
            "a-1",
            "some/model",
            new Prompt.Chat(
                List.of(Map.of("role", "user", "content", "héllo {{ 7 }}")),
                false,
                List.of(Map.of("type", "function")),
                Map.of("enable_thinking", true)),
            new SamplingParams(0.7, 0.9, 40, 0.05, 1.1, 0.5, -0.5, 42L),
            new StopCriteria(100, 2, List.of("\n\n", "END"), List.of(5, 6), true),
            true,
            NOW,
            NOW.plusSeconds(60),
            REPLY);

    assertThat(Wire.decodeRequest(Wire.encode(request), "other", Instant.EPOCH)).isEqualTo(request);
  }

  @Test
  void request_needsAPromptAndAnAddressOnly() {
    GenerationRequest request = decode("{\"prompt\":\"hi\",\"reply\":{\"topic\":\"answers\"}}");

    assertThat(request.id()).isEqualTo("fallback");
    assertThat(request.prompt()).isEqualTo(new Prompt.Text("hi"));
    assertThat(request.sampling()).isEqualTo(SamplingParams.MODEL_DEFAULTS);
    assertThat(request.stop()).isEqualTo(StopCriteria.MODEL_DEFAULTS);
    assertThat(request.createdAt()).isEqualTo(NOW);
    assertThat(request.reply()).isEqualTo(new ReplyAddress("answers", null));
    assertThat(request.stream()).isFalse();
  }

  @Test
  void request_takesTokenIds() {
    assertThat(decode("{\"prompt\":[1,2],\"reply\":{\"topic\":\"answers\"}}").prompt())
        .isEqualTo(new Prompt.Tokens(List.of(1, 2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"reply":{"topic":"a"}}                                    | prompt or messages is required
          {"prompt":"x"}                                             | reply is required
          {"prompt":"x","reply":{}}                                  | reply.topic is required
          {"prompt":"x","reply":{"topic":"no spaces"}}               | reply.topic must be 1 to 249 of A-Z a-z 0-9 . _ -, but is "no spaces"
          {"prompt":"x","temperature":3,"reply":{"topic":"a"}}       | temperature must be between 0 and 2, but is 3
          {"prompt":"x","top_k":1.5,"reply":{"topic":"a"}}           | top_k must be a whole number, but is 1.5
          {"prompt":"x","max_tokens":0,"reply":{"topic":"a"}}        | max_tokens must be at least 1, but is 0
          {"prompt":"x","deadline":"soon","reply":{"topic":"a"}}     | deadline must be an instant such as 2026-01-31T12:00:00Z, but is "soon"
          {"messages":[{"content":"x"}],"reply":{"topic":"a"}}       | messages[0].role must be a string such as "user"
          {"prompt":"x","messages":[],"reply":{"topic":"a"}}         | prompt and messages exclude each other
          [1]                                                        | the body must be a JSON object, but is [1]
          """)
  void request_saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(Invalid.class).hasMessage(message);
  }

  @Test
  void replies_surviveTheWire() {
    for (Reply reply :
        List.of(
            new Reply.Accepted("a", 2, "w", 17),
            new Reply.Delta("a", 2, 3, " wörld"),
            new Reply.Finished("a", 2, 4, "!", FinishReason.STOP, new Usage(5, 4)),
            new Reply.Failed("a", 2, 4, FailureKind.DEADLINE, "too late", null),
            new Reply.Failed("a", 2, 0, FailureKind.INVALID, "no", "prompt"))) {
      assertThat(Wire.decodeReply(Wire.encode(reply))).isEqualTo(reply);
    }
  }

  @Test
  void controlAndWorkers_surviveTheWire() {
    ControlMessage cancel = new ControlMessage.Cancel("a", "the client left");
    ControlMessage drain = new ControlMessage.Drain("w");
    WorkerState state = new WorkerState("w", "m", 8, 3, 1, "cpu", 100, 50, 0.25, NOW);
    assertThat(Wire.decodeControl(Wire.encode(cancel))).isEqualTo(cancel);
    assertThat(Wire.decodeControl(Wire.encode(drain))).isEqualTo(drain);
    assertThat(Wire.decodeWorkerState(Wire.encode(state))).isEqualTo(state);
  }

  @Test
  void replyAddressOf_isFoundInARequestThatIsOtherwiseWrong() {
    byte[] wrong = "{\"prompt\":5,\"reply\":{\"topic\":\"answers\",\"partition\":3}}".getBytes();
    assertThat(Wire.replyAddressOf(wrong)).isEqualTo(REPLY);
    assertThat(Wire.replyAddressOf("nonsense".getBytes())).isNull();
  }

  @Test
  void slug_isPartOfALegalTopicName() {
    assertThat(new TopicNames("millrace.").requests("org/name v2", RequestClass.BATCH))
        .isEqualTo("millrace.requests.org--name-v2.batch");
  }

  private static GenerationRequest decode(String json) {
    return Wire.decodeRequest(json.getBytes(StandardCharsets.UTF_8), "fallback", NOW);
  }
}
