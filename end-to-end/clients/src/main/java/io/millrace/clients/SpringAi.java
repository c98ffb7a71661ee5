package io.millrace.clients;

import com.openai.errors.BadRequestException;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI over its OpenAI module. */
final class SpringAi {
  private SpringAi() {}

  /** What an answer is held to. */
  record Person(String name, int age) {}

  static final class Weather {
    @Tool(description = "How warm it is in a city", returnDirect = true)
    String temperature(City city) {
      Clients.told("tool called for", city);
      return "4 degrees";
    }
  }

  enum City {
    OSLO,
    PARIS
  }

  static void ask(String url, String model) {
    OpenAiChatOptions options =
        OpenAiChatOptions.builder()
            .baseUrl(url)
            .apiKey("none")
            .model(model)
            .temperature(0.0)
            .maxTokens(64)
            .build();
    ChatClient client = ChatClient.create(OpenAiChatModel.builder().options(options).build());
    Clients.told("chat", client.prompt().user("Say hi.").call().content());
    Clients.told(
        "stream",
        String.join(
            "",
            client.prompt().user("What is the capital of France?").stream()
                .content()
                .collectList()
                .block()));
    Clients.told(
        "tool",
        client
            .prompt()
            .user("How warm is it in Oslo?")
            .options(OpenAiChatOptions.builder().toolChoice("required").parallelToolCalls(false))
            .tools(new Weather())
            .call()
            .content());
    Clients.told(
        "schema",
        client
            .prompt()
            .user("Ann is 31 years old.")
            .call()
            .entity(Person.class, entity -> entity.useProviderStructuredOutput()));
    Clients.refused(
        BadRequestException.class,
        () ->
            client
                .prompt()
                .user("x")
                .options(OpenAiChatOptions.builder().temperature(9.0))
                .call()
                .content());
  }
}
