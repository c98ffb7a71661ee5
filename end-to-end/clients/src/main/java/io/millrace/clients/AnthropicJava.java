package io.millrace.clients;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.BadRequestException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageContentParam;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.ToolChoiceAny;
import com.anthropic.models.messages.ToolChoiceNone;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import java.util.List;

/** Anthropic's client for Java. */
final class AnthropicJava {
  private AnthropicJava() {}

  static void ask(String url, String model) {
    AnthropicClient client = AnthropicOkHttpClient.builder().baseUrl(url).apiKey("none").build();
    tool(client, model);
    Clients.told(
        "schema",
        client
            .messages()
            .create(
                message(model, "Ann is 31 years old.")
                    .outputConfig(AnthropicRequests.PERSON)
                    .build())
            .content()
            .get(0)
            .asText()
            .text());
    Clients.refused(
        BadRequestException.class,
        () -> client.messages().create(message(model, "x").maxTokens(0).build()));
    client.close();
  }

  private static void tool(AnthropicClient client, String model) {
    MessageCreateParams.Builder params =
        message(model, "How warm is it in Oslo?")
            .addTool(AnthropicRequests.TEMPERATURE)
            .toolChoice(ToolChoiceAny.builder().disableParallelToolUse(true).build());
    MessageAccumulator stream = MessageAccumulator.create();
    try (var events = client.messages().createStreaming(params.build())) {
      events.stream().forEach(stream::accumulate);
    }
    Message first = stream.message();
    ToolUseBlock call =
        first.content().stream()
            .flatMap(block -> block.toolUse().stream())
            .findFirst()
            .orElseThrow();
    Clients.told("tool stream", call._input());
    params
        .addMessage(first)
        .addUserMessage(
            MessageContentParam.ofContentBlockParams(
                List.of(
                    ContentBlockParam.ofToolResult(
                        ToolResultBlockParam.builder()
                            .toolUseId(call.id())
                            .content("4 degrees")
                            .build()))))
        .toolChoice(ToolChoiceNone.builder().build());
    Clients.told(
        "tool result", client.messages().create(params.build()).content().get(0).asText().text());
  }

  private static MessageCreateParams.Builder message(String model, String text) {
    return MessageCreateParams.builder()
        .model(model)
        .maxTokens(64)
        .putAdditionalBodyProperty("temperature", JsonValue.from(0))
        .addUserMessage(text);
  }
}
