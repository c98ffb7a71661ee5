package io.millrace.clients;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The clients for Java, asked to do what agents do. Argument: where Millrace listens. */
public final class Clients {
  private Clients() {}

  /** Asks with each, and ends with an exception at the first thing that is not as it should be. */
  public static void main(String[] arguments) throws Exception {
    String url = arguments[0];
    OpenAIClient client = OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey("none").build();
    String model = client.models().list().data().get(0).id();
    System.out.println("-- openai-java");
    OpenAiJava.ask(client, model);
    client.close();
    System.out.println("-- anthropic-java");
    AnthropicJava.ask(url, model);
    System.out.println("-- LangChain4j");
    LangChain4j.ask(url + "/v1", model);
    System.out.println("-- Spring AI");
    SpringAi.ask(url + "/v1", model);
    // The clients have threads that live on for a while.
    System.exit(0);
  }

  static void told(String what, @Nullable Object value) {
    System.out.println(what + ": " + value);
    if (Objects.requireNonNull(value, what).toString().isBlank()) {
      throw new IllegalStateException(what + " is empty");
    }
  }

  /** What a request must come to: the client's own exception. */
  static void refused(Class<? extends Exception> type, Runnable request) {
    try {
      request.run();
    } catch (RuntimeException e) {
      if (!type.isInstance(e)) {
        throw e;
      }
      told("bad request", e.getMessage());
      return;
    }
    throw new IllegalStateException("not refused");
  }
}
