package io.millrace.clients;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import java.util.concurrent.CompletableFuture;

/** LangChain4j over its OpenAI module. */
final class LangChain4j {
  private LangChain4j() {}

  interface Assistant {
    TokenStream tell(String question);

    String answer(String question);

    Person extract(String text);
  }

  /** What an answer is held to. */
  record Person(String name, int age) {}

  enum City {
    OSLO,
    PARIS
  }

  static final class Weather {
    @Tool("How warm it is in a city")
    String temperature(City city) {
      Clients.told("tool called for", city);
      return "4 degrees";
    }
  }

  static void ask(String url, String model) throws Exception {
    Clients.told("chat", chat(url, model).build().chat("Say hi."));
    Clients.told("tool result", withTool(url, model).answer("How warm is it in Oslo?"));
    Clients.told("stream", streamed(url, model));
    Assistant extractor =
        AiServices.create(
            Assistant.class,
            chat(url, model)
                .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                .strictJsonSchema(true)
                .build());
    Clients.told("schema", extractor.extract("Ann is 31 years old."));
    Clients.refused(
        InvalidRequestException.class, () -> chat(url, model).temperature(9.0).build().chat("x"));
  }

  /** The first answer must be a call; what follows need not be one. */
  private static Assistant withTool(String url, String model) {
    return AiServices.builder(Assistant.class)
        .chatModel(chat(url, model).build())
        .chatRequestTransformer(
            request ->
                request.toBuilder()
                    .parameters(
                        OpenAiChatRequestParameters.builder()
                            .overrideWith(request.parameters())
                            .toolChoice(
                                request.messages().size() == 1
                                    ? ToolChoice.REQUIRED
                                    : ToolChoice.NONE)
                            .build())
                    .build())
        .tools(new Weather())
        .build();
  }

  private static String streamed(String url, String model) throws Exception {
    Assistant assistant =
        AiServices.builder(Assistant.class)
            .streamingChatModel(
                OpenAiStreamingChatModel.builder()
                    .baseUrl(url)
                    .apiKey("none")
                    .modelName(model)
                    .maxTokens(64)
                    .build())
            .build();
    CompletableFuture<String> whole = new CompletableFuture<>();
    assistant
        .tell("What is the capital of France?")
        .onPartialResponse(piece -> {})
        .onCompleteResponse(answer -> whole.complete(answer.aiMessage().text()))
        .onError(whole::completeExceptionally)
        .start();
    return whole.get();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder chat(String url, String model) {
    return OpenAiChatModel.builder()
        .baseUrl(url)
        .apiKey("none")
        .modelName(model)
        .temperature(0.0)
        .parallelToolCalls(false)
        .maxTokens(64);
  }
}
