package io.millrace.clients;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ToolChoiceOptions;
import java.util.List;

/** OpenAI's client for Java. */
final class OpenAiJava {
  private OpenAiJava() {}

  static void ask(OpenAIClient client, String model) {
    chat(client, model);
    response(client, model);
    Clients.refused(
        BadRequestException.class,
        () -> client.chat().completions().create(chat(model, "x").temperature(9.0).build()));
  }

  private static void chat(OpenAIClient client, String model) {
    ChatCompletionCreateParams.Builder params =
        chat(model, "How warm is it in Oslo?")
            .addFunctionTool(OpenAiRequests.CHAT_TOOL)
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
            .parallelToolCalls(false);
    ChatCompletionAccumulator stream = ChatCompletionAccumulator.create();
    try (var events = client.chat().completions().createStreaming(params.build())) {
      events.stream().forEach(stream::accumulate);
    }
    ChatCompletionMessage message = stream.chatCompletion().choices().get(0).message();
    var call = message.toolCalls().orElseThrow().get(0).asFunction();
    Clients.told("chat tool stream", call.function().arguments());
    params
        .addMessage(message)
        .addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(call.id())
                .content("4 degrees")
                .build())
        .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE);
    Clients.told(
        "chat tool result",
        client
            .chat()
            .completions()
            .create(params.build())
            .choices()
            .get(0)
            .message()
            .content()
            .orElseThrow());
    Clients.told(
        "chat schema",
        client
            .chat()
            .completions()
            .create(
                chat(model, "Ann is 31 years old.")
                    .responseFormat(OpenAiRequests.CHAT_FORMAT)
                    .build())
            .choices()
            .get(0)
            .message()
            .content()
            .orElseThrow());
  }

  private static void response(OpenAIClient client, String model) {
    ResponseCreateParams.Builder params =
        response(model)
            .input("How warm is it in Oslo?")
            .addTool(OpenAiRequests.RESPONSE_TOOL)
            .toolChoice(ToolChoiceOptions.REQUIRED)
            .parallelToolCalls(false);
    ResponseAccumulator stream = ResponseAccumulator.create();
    try (var events = client.responses().createStreaming(params.build())) {
      events.stream().forEach(stream::accumulate);
    }
    ResponseFunctionToolCall call = stream.response().output().get(0).asFunctionCall();
    Clients.told("response tool stream", call.arguments());
    params
        .inputOfResponse(
            List.of(
                ResponseInputItem.ofFunctionCall(call),
                ResponseInputItem.ofFunctionCallOutput(
                    ResponseInputItem.FunctionCallOutput.builder()
                        .callId(call.callId())
                        .output("4 degrees")
                        .build())))
        .toolChoice(ToolChoiceOptions.NONE);
    Clients.told("response tool result", text(client.responses().create(params.build())));
    ResponseCreateParams person =
        response(model).input("Ann is 31 years old.").text(OpenAiRequests.RESPONSE_FORMAT).build();
    Clients.told("response schema", text(client.responses().create(person)));
  }

  private static String text(Response response) {
    return response.output().get(0).asMessage().content().get(0).asOutputText().text();
  }

  private static ChatCompletionCreateParams.Builder chat(String model, String text) {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .temperature(0.0)
        .maxCompletionTokens(64)
        .addUserMessage(text);
  }

  private static ResponseCreateParams.Builder response(String model) {
    return ResponseCreateParams.builder().model(model).temperature(0.0).maxOutputTokens(64);
  }
}
