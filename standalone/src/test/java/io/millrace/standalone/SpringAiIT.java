package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.errors.BadRequestException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI over its OpenAI module, unchanged. */
class SpringAiIT {
  private static ChatClient client;

  record Person(String name, int age) {}

  static final class Weather {
    final List<String> asked = new ArrayList<>();

    @Tool(description = "How warm it is in a city")
    String temperature(String city) {
      asked.add(city);
      return "4 degrees";
    }
  }

  @BeforeAll
  static void start() {
    ScriptedModel.speaks(SharedApi.get().worker());
    OpenAiChatOptions options =
        OpenAiChatOptions.builder()
            .baseUrl("http://127.0.0.1:" + SharedApi.get().port() + "/v1")
            .apiKey("none")
            .model("SmolLM2-135M-Instruct")
            .build();
    client = ChatClient.create(OpenAiChatModel.builder().options(options).build());
  }

  @Test
  void chat_isAnswered() {
    assertThat(client.prompt().user("Hi").call().content()).isEqualTo(ScriptedModel.HELLO);
    assertThat(client.prompt().user("Hi").stream().content().collectList().block())
        .containsExactly("Hello", " there");
  }

  @Test
  void tool_isCalled() {
    Weather weather = new Weather();
    String answer = client.prompt().user("How warm is Oslo?").tools(weather).call().content();
    String streamed =
        String.join(
            "",
            client.prompt().user("How warm is Oslo?").tools(weather).stream()
                .content()
                .collectList()
                .block());

    assertThat(answer).contains("4 degrees").isEqualTo(streamed);
    assertThat(weather.asked).containsExactly("Oslo", "Oslo");
  }

  @Test
  void result_isARecord() {
    assertThat(
            client
                .prompt()
                .user("Ann is 31 years old.")
                .call()
                .entity(Person.class, entity -> entity.useProviderStructuredOutput()))
        .isEqualTo(new Person("Ann", 31));
  }

  @Test
  void whatIsWrong_isABadRequest() {
    assertThatThrownBy(
            () ->
                client
                    .prompt()
                    .user("Hi")
                    .options(OpenAiChatOptions.builder().temperature(9.0))
                    .call()
                    .content())
        .hasMessageContaining("temperature must be between 0 and 2, but is 9")
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(BadRequestException.class),
            e -> assertThat(e).hasRootCauseInstanceOf(BadRequestException.class));
  }
}
