package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageContentParam;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import io.millrace.clients.AnthropicRequests;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Anthropic's own client for Java, unchanged. */
class AnthropicJavaIT {
  private static AnthropicClient client;

  @BeforeAll
  static void start() {
    ScriptedModel.speaks(SharedApi.get().worker());
    client =
        AnthropicOkHttpClient.builder()
            .baseUrl("http://127.0.0.1:" + SharedApi.get().port())
            .apiKey("none")
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  @Test
  void message_isAnswered() {
    Message answer = client.messages().create(message("Hi").build());
    assertThat(answer.content().get(0).asText().text()).isEqualTo(ScriptedModel.HELLO);
    assertThat(answer.stopReason()).contains(StopReason.END_TURN);
  }

  @Test
  void messageStream_callsATool_andTakesItsResult() {
    MessageCreateParams.Builder params =
        message("How warm is Oslo?").addTool(AnthropicRequests.TEMPERATURE);
    Message first = streamed(params.build());
    assertThat(first.stopReason()).contains(StopReason.TOOL_USE);
    ToolUseBlock call = first.content().get(0).asToolUse();
    assertThat(call._input()).isEqualTo(JsonValue.from(Map.of("city", "Oslo")));

    params
        .addMessage(first)
        .addUserMessage(
            MessageContentParam.ofContentBlockParams(
                List.of(
                    ContentBlockParam.ofToolResult(
                        ToolResultBlockParam.builder()
                            .toolUseId(call.id())
                            .content("4 degrees")
                            .build()))));
    assertThat(streamed(params.build()).content().get(0).asText().text())
        .isEqualTo("It is 4 degrees");
  }

  private static Message streamed(MessageCreateParams params) {
    MessageAccumulator answer = MessageAccumulator.create();
    try (var events = client.messages().createStreaming(params)) {
      events.stream().forEach(answer::accumulate);
    }
    return answer.message();
  }

  @Test
  void message_keepsToASchema() {
    Message answer =
        client.messages().create(message("Who?").outputConfig(AnthropicRequests.PERSON).build());
    assertThat(answer.content().get(0).asText().text()).isEqualTo(ScriptedModel.DOCUMENT);
  }

  @Test
  void whatIsWrong_isABadRequest() {
    assertThatThrownBy(() -> client.messages().create(message("Hi").maxTokens(0).build()))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("max_tokens must be at least 1, but is 0");
  }

  private static MessageCreateParams.Builder message(String text) {
    return MessageCreateParams.builder()
        .model("SmolLM2-135M-Instruct")
        .maxTokens(64)
        .addUserMessage(text);
  }
}
