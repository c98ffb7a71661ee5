package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's endpoints, and the document that describes all endpoints. */
class OpenAiIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

  private static ServedApi api;

  @BeforeAll
  static void start() {
    api = SharedApi.get();
  }

  @Test
  void completion_isAnsweredWhole() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 2, "Hi!")));

    JsonNode answer = json(api.post("/v1/completions", "{\"prompt\":\"hello\"}"));

    assertThat(answer.get("id").stringValue()).startsWith("cmpl-");
    assertThat(answer.get("object").stringValue()).isEqualTo("text_completion");
    assertThat(answer.get("model").stringValue()).isEqualTo("SmolLM2-135M-Instruct");
    assertThat(answer.at("/choices/0/text").stringValue()).isEqualTo("Hi!");
    assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
    assertThat(answer.get("usage").toString())
        .isEqualTo("{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}");
  }

  @Test
  void chat_isAnsweredWhole() throws Exception {
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 2, "Hi!")));

    JsonNode answer = json(api.post("/v1/chat/completions", "{" + CHAT + "}"));

    assertThat(answer.get("object").stringValue()).isEqualTo("chat.completion");
    assertThat(answer.at("/choices/0/message").toString())
        .isEqualTo("{\"role\":\"assistant\",\"content\":\"Hi!\"}");
  }

  @Test
  void chatStream_opensPiecesEndsAndCounts() throws Exception {
    api.worker()
        .onRequest(
            request ->
                api.worker().reply(request, delta(request, 1, 1, "H"), rest(request, 1, 2, "i")));

    String stream =
        api.post(
                "/v1/chat/completions",
                "{" + CHAT + ",\"stream\":true,\"stream_options\":{\"include_usage\":true}}")
            .body();

    List<String> events = List.of(stream.split("\n\n"));
    assertThat(events).hasSize(6).last().asString().endsWith("\ndata: [DONE]");
    assertThat(event(events.get(0)).at("/choices/0/delta").toString())
        .isEqualTo("{\"role\":\"assistant\",\"content\":\"\"}");
    assertThat(event(events.get(1)).at("/choices/0/delta/content").stringValue()).isEqualTo("H");
    assertThat(event(events.get(2)).at("/choices/0/delta/content").stringValue()).isEqualTo("i");
    assertThat(event(events.get(3)).at("/choices/0/finish_reason").stringValue()).isEqualTo("stop");
    assertThat(event(events.get(4)).get("choices").isEmpty()).isTrue();
    assertThat(event(events.get(4)).at("/usage/total_tokens").intValue()).isEqualTo(5);
  }

  @Test
  void severalAnswers_areToldByIndexWhoeverSendsThemTwice() throws Exception {
    api.worker()
        .onRequest(
            request ->
                api.worker()
                    .reply(
                        request,
                        piece(request, 1, 1, 0, "a"),
                        piece(request, 1, 1, 1, "x"),
                        piece(request, 2, 1, 0, "a"),
                        piece(request, 2, 1, 1, "x"),
                        piece(request, 2, 2, 1, "y"),
                        new Reply.Finished(
                            request.id(),
                            2,
                            2,
                            List.of(
                                new Reply.Choice(
                                    0,
                                    1,
                                    AnswerPiece.of("b"),
                                    FinishReason.STOP,
                                    List.of(2),
                                    List.of()),
                                new Reply.Choice(
                                    1,
                                    2,
                                    AnswerPiece.of("z"),
                                    FinishReason.LENGTH,
                                    List.of(3),
                                    List.of())),
                            ServedApi.USAGE,
                            List.of())));

    String stream =
        api.post("/v1/completions", "{\"prompt\":\"x\",\"n\":2,\"stream\":true}").body();

    Map<Integer, String> texts = new TreeMap<>();
    for (String event : stream.split("\n\n")) {
      if (!event.endsWith("[DONE]")) {
        JsonNode choice = event(event).at("/choices/0");
        String text = choice.get("text").stringValue();
        String end = choice.get("finish_reason").isNull() ? "" : " " + choice.get("finish_reason");
        texts.merge(choice.get("index").intValue(), text + end, String::concat);
      }
    }
    assertThat(texts).containsExactly(entry(0, "ab \"stop\""), entry(1, "xyz \"length\""));
    assertThat(api.worker().takenRequest().output().n()).isEqualTo(2);
  }

  private static Reply piece(
      GenerationRequest request, int attempt, int seq, int index, String text) {
    return new Reply.Delta(
        request.id(),
        attempt,
        seq,
        seq - 1,
        index,
        AnswerPiece.of(text),
        null,
        List.of(seq),
        List.of(),
        null);
  }

  @Test
  void severalPrompts_areAnsweredInOrder() throws Exception {
    api.worker()
        .onRequest(
            request ->
                api.worker()
                    .reply(
                        request,
                        new Reply.Finished(
                            request.id(),
                            1,
                            2,
                            List.of(
                                new Reply.Choice(
                                    0,
                                    0,
                                    AnswerPiece.of("one"),
                                    FinishReason.STOP,
                                    List.of(),
                                    List.of()),
                                new Reply.Choice(
                                    1,
                                    0,
                                    AnswerPiece.of("two"),
                                    FinishReason.STOP,
                                    List.of(),
                                    List.of())),
                            ServedApi.USAGE,
                            List.of())));

    JsonNode answer = json(api.post("/v1/completions", "{\"prompt\":[[1,2],[3]]}"));

    assertThat(answer.get("choices").findValuesAsString("text")).containsExactly("one", "two");
    assertThat(api.worker().takenRequest().prompt().each())
        .containsExactly(new Prompt.Tokens(List.of(1, 2)), new Prompt.Tokens(List.of(3)));
  }

  @Test
  void unknownModel_isNotFound() throws Exception {
    HttpResponse<String> response =
        api.post("/v1/completions", "{\"model\":\"huge\",\"prompt\":\"x\"}");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response).at("/error/param").stringValue()).isEqualTo("model");
  }

  @Test
  void models_areListed() throws Exception {
    assertThat(json(api.get("/v1/models")).at("/data/0/id").stringValue())
        .isEqualTo("SmolLM2-135M-Instruct");
    assertThat(api.get("/v1/models/HuggingFaceTB/SmolLM2-135M-Instruct").statusCode())
        .isEqualTo(200);
    assertThat(api.get("/v1/models/huge").statusCode()).isEqualTo(404);
  }

  @Test
  void document_describesWhatIsServed() throws Exception {
    Set<String> served = new TreeSet<>();
    api.context()
        .getBean(RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .keySet()
        .forEach(mapping -> served.addAll(mapping.getDirectPaths()));
    served.removeAll(Set.of("/", "/docs", "/docs/kafka", "/openapi.json"));
    served.addAll(
        Set.of(
            "/v1/models/{model}",
            "/v1/jobs/{id}",
            "/v1/jobs/{id}/events",
            "/v1/files/{id}",
            "/v1/files/{id}/content",
            "/v1/batches/{id}",
            "/v1/batches/{id}/cancel",
            "/schemas/{name}.json"));

    assertThat(json(api.get("/openapi.json")).get("paths").propertyNames())
        .containsExactlyInAnyOrderElementsOf(served);
  }

  @Test
  void schemas_areServed() throws Exception {
    HttpResponse<String> schema = api.get("/schemas/request.json");

    assertThat(schema.headers().firstValue("Content-Type")).contains("application/schema+json");
    assertThat(json(schema).at("/properties/top_p/maximum").doubleValue()).isEqualTo(1);
    HttpResponse<String> none = api.get("/schemas/rumour.json");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(json(none).at("/error/message").stringValue())
        .isEqualTo("there is no /schemas/rumour.json; /docs shows what there is");
  }

  @Test
  void page_findsItsFilesHere() throws Exception {
    HttpResponse<String> page = api.get("/docs");

    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.body()).doesNotContain("http://", "https://", "//cdn");
    for (String file : List.of("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")) {
      assertThat(page.body()).contains("webjars/swagger-ui/" + file);
      assertThat(api.get("/webjars/swagger-ui/" + file).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void contractOfKafka_isServed() throws Exception {
    HttpResponse<String> document = api.get("/asyncapi.yaml");
    HttpResponse<String> page = api.get("/docs/kafka");

    assertThat(document.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/vnd.aai.asyncapi+yaml");
    assertThat(document.body()).startsWith("asyncapi: 3.0.0");
    assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(page.body())
        .contains(
            "requests.{model}.{class}", "<code>reply.key</code>", "<code>choices[].text</code>")
        .doesNotContain("http://", "https://", "<script");
  }

  private static JsonNode event(String event) {
    assertThat(event).startsWith("id: ");
    return JSON.readTree(event.substring(event.indexOf("\ndata: ") + "\ndata: ".length()));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }
}
