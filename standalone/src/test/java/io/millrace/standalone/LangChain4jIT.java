package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** LangChain4j over its OpenAI module, unchanged. */
class LangChain4jIT {
  private static final String MODEL = "SmolLM2-135M-Instruct";

  private static String url;

  /** What an application writes. */
  interface Assistant {
    String answer(String question);

    TokenStream tell(String question);

    Person extract(String text);
  }

  record Person(String name, int age) {}

  static final class Weather {
    final List<String> asked = new ArrayList<>();

    @Tool("How warm it is in a city")
    String temperature(String city) {
      asked.add(city);
      return "4 degrees";
    }
  }

  @BeforeAll
  static void start() {
    ScriptedModel.speaks(SharedApi.get().worker());
    url = "http://127.0.0.1:" + SharedApi.get().port() + "/v1";
  }

  @Test
  void chat_isAnswered() {
    assertThat(model().build().chat("Hi")).isEqualTo(ScriptedModel.HELLO);
  }

  @Test
  void tool_isCalledByTheService() {
    Weather weather = new Weather();
    Assistant assistant =
        AiServices.builder(Assistant.class).chatModel(model().build()).tools(weather).build();

    assertThat(assistant.answer("How warm is Oslo?")).isEqualTo("It is 4 degrees");
    assertThat(weather.asked).containsExactly("Oslo");
  }

  @Test
  void stream_callsTheTool_andTellsTheAnswer() throws Exception {
    Weather weather = new Weather();
    Assistant assistant =
        AiServices.builder(Assistant.class)
            .streamingChatModel(
                OpenAiStreamingChatModel.builder()
                    .baseUrl(url)
                    .apiKey("none")
                    .modelName(MODEL)
                    .build())
            .tools(weather)
            .build();
    List<String> pieces = new ArrayList<>();
    CompletableFuture<String> whole = new CompletableFuture<>();
    assistant
        .tell("How warm is Oslo?")
        .onPartialResponse(pieces::add)
        .onCompleteResponse(answer -> whole.complete(answer.aiMessage().text()))
        .onError(whole::completeExceptionally)
        .start();

    assertThat(whole.get()).isEqualTo("It is 4 degrees");
    assertThat(pieces).containsExactly("It is ", "4 degrees");
    assertThat(weather.asked).containsExactly("Oslo");
  }

  @Test
  void result_isARecord() {
    Assistant assistant =
        AiServices.create(
            Assistant.class,
            model()
                .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                .strictJsonSchema(true)
                .build());
    assertThat(assistant.extract("Ann is 31 years old.")).isEqualTo(new Person("Ann", 31));
  }

  @Test
  void whatIsWrong_isAnInvalidRequest() {
    assertThatThrownBy(() -> model().temperature(9.0).build().chat("Hi"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("temperature must be between 0 and 2, but is 9");
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder model() {
    return OpenAiChatModel.builder().baseUrl(url).apiKey("none").modelName(MODEL);
  }
}
