package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import io.millrace.clients.OpenAiRequests;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for Java, unchanged. */
class OpenAiJavaIT {
  private static final String MODEL = "SmolLM2-135M-Instruct";

  private static OpenAIClient client;

  @BeforeAll
  static void start() {
    ScriptedModel.speaks(SharedApi.get().worker());
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl("http://127.0.0.1:" + SharedApi.get().port() + "/v1")
            .apiKey("none")
            .build();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  @Test
  void chat_isAnswered() {
    ChatCompletion answer = client.chat().completions().create(chat("Hi").build());
    assertThat(answer.choices().get(0).message().content()).contains(ScriptedModel.HELLO);
  }

  @Test
  void chatStream_callsATool_andTakesItsResult() {
    ChatCompletionCreateParams.Builder params =
        chat("How warm is Oslo?").addFunctionTool(OpenAiRequests.CHAT_TOOL);
    ChatCompletion first = streamed(params.build());
    ChatCompletionMessageFunctionToolCall call =
        first.choices().get(0).message().toolCalls().orElseThrow().get(0).asFunction();
    assertThat(call.function().arguments()).isEqualTo("{\"city\":\"Oslo\"}");

    params
        .addMessage(first.choices().get(0).message())
        .addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(call.id())
                .content("4 degrees")
                .build());
    assertThat(streamed(params.build()).choices().get(0).message().content())
        .contains("It is 4 degrees");
  }

  private static ChatCompletion streamed(ChatCompletionCreateParams params) {
    ChatCompletionAccumulator answer = ChatCompletionAccumulator.create();
    try (var events = client.chat().completions().createStreaming(params)) {
      events.stream().forEach(answer::accumulate);
    }
    return answer.chatCompletion();
  }

  @Test
  void chat_keepsToASchema() {
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(chat("Who?").responseFormat(OpenAiRequests.CHAT_FORMAT).build());
    assertThat(answer.choices().get(0).message().content()).contains(ScriptedModel.DOCUMENT);
  }

  @Test
  void response_callsATool_andTakesItsResult() {
    ResponseCreateParams.Builder params =
        response().input("How warm is Oslo?").addTool(OpenAiRequests.RESPONSE_TOOL);
    ResponseFunctionToolCall call =
        client.responses().create(params.build()).output().get(0).asFunctionCall();
    assertThat(call.arguments()).isEqualTo("{\"city\":\"Oslo\"}");

    params.inputOfResponse(
        List.of(
            ResponseInputItem.ofFunctionCall(call),
            ResponseInputItem.ofFunctionCallOutput(
                ResponseInputItem.FunctionCallOutput.builder()
                    .callId(call.callId())
                    .output("4 degrees")
                    .build())));
    assertThat(text(client.responses().create(params.build()))).isEqualTo("It is 4 degrees");
  }

  @Test
  void responseStream_isAccumulated() {
    ResponseAccumulator answer = ResponseAccumulator.create();
    try (var events = client.responses().createStreaming(response().input("Hi").build())) {
      events.stream().forEach(answer::accumulate);
    }
    assertThat(text(answer.response())).isEqualTo(ScriptedModel.HELLO);

    ResponseAccumulator call = ResponseAccumulator.createWithSnapshots();
    try (var events =
        client
            .responses()
            .createStreaming(
                response().input("How warm?").addTool(OpenAiRequests.RESPONSE_TOOL).build())) {
      events.stream().forEach(call::accumulate);
    }
    assertThat(call.response().output().get(0).asFunctionCall().arguments())
        .isEqualTo("{\"city\":\"Oslo\"}");
    assertThat(call.reconstructedResponse().output()).isEqualTo(call.response().output());
  }

  @Test
  void response_keepsToASchema() {
    ResponseCreateParams params =
        response().input("Who?").text(OpenAiRequests.RESPONSE_FORMAT).build();
    assertThat(text(client.responses().create(params))).isEqualTo(ScriptedModel.DOCUMENT);
  }

  @Test
  void whatIsWrong_isABadRequest() {
    assertThatThrownBy(
            () -> client.chat().completions().create(chat("Hi").temperature(9.0).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> {
              assertThat(e.param()).contains("temperature");
              assertThat(e.code()).contains("invalid");
            })
        .hasMessageContaining("temperature must be between 0 and 2, but is 9");
  }

  private static ChatCompletionCreateParams.Builder chat(String text) {
    return ChatCompletionCreateParams.builder().model(MODEL).addUserMessage(text);
  }

  private static ResponseCreateParams.Builder response() {
    return ResponseCreateParams.builder().model(MODEL);
  }

  private static String text(Response response) {
    return response.output().get(0).asMessage().content().get(0).asOutputText().text();
  }
}
