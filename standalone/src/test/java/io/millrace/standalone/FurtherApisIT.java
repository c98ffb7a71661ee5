package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.failed;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.io.BufferedReader;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Responses and Messages APIs, the tokenizer's endpoints, and those that no model serves. */
class FurtherApisIT {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String MESSAGE =
      "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";

  private static ServedApi api;
  private static ScriptedWorker worker;

  @BeforeAll
  static void start() {
    api = SharedApi.get();
    worker = api.worker();
  }

  @Test
  void tokens_areToldByAWorker() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                told(request, new PromptReport(0, null, List.of(), List.of(7, 8), strings()))));

    HttpResponse<String> response =
        api.post(
            "/tokenize",
            "{\"prompt\":\"hi you\",\"add_special_tokens\":false,\"return_token_strs\":true}");

    GenerationRequest request = worker.takenRequest();
    assertThat(request.stop().promptOnly()).isTrue();
    assertThat(request.output().returnTokenIds()).isTrue();
    assertThat(request.output().returnTokenStrs()).isTrue();
    assertThat(request.tokenizing().addSpecialTokens()).isFalse();
    assertThat(response.body())
        .startsWith("{\"count\":2,\"max_model_len\":")
        .endsWith(",\"tokens\":[7,8],\"token_strs\":[\"hi\",\" you\"]}");
  }

  private static List<String> strings() {
    return List.of("hi", " you");
  }

  @Test
  void text_isToldByAWorker() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, told(request, new PromptReport("hi", List.of()))));

    assertThat(api.post("/detokenize", "{\"tokens\":[7,8]}").body())
        .isEqualTo("{\"prompt\":\"hi\"}");

    GenerationRequest request = worker.takenRequest();
    assertThat(request.prompt()).isEqualTo(new Prompt.Tokens(List.of(7, 8)));
    assertThat(request.output().echo()).isTrue();
    assertThat(request.output().skipSpecialTokens()).isFalse();
  }

  @Test
  void refusalOfAWorker_namesWhatTheClientWrote() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request, failed(request, FailureKind.INVALID, "prompt holds token id 99")));

    JsonNode error = json(api.post("/detokenize", "{\"tokens\":[99]}")).get("error");

    assertThat(error.get("message").stringValue()).isEqualTo("tokens holds token id 99");
    assertThat(error.get("param").stringValue()).isEqualTo("tokens");
  }

  @Test
  void longestPrompt_isToldOfAModelOnceAWorkerSaysIt() throws Exception {
    worker.announce(512);

    Instant limit = Instant.now().plusSeconds(60);
    JsonNode model = json(api.get("/v1/models")).at("/data/0");
    while (!model.has("max_model_len") && Instant.now().isBefore(limit)) {
      model = json(api.get("/v1/models")).at("/data/0");
    }
    assertThat(model.get("max_model_len").intValue()).isEqualTo(512);
    assertThat(json(api.get("/v1/models/SmolLM2-135M-Instruct")).get("max_model_len").intValue())
        .isEqualTo(512);
  }

  @Test
  void response_isAnsweredWhole() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 2, "Hi!")));

    JsonNode answer =
        json(
            api.post(
                "/v1/responses",
                "{\"input\":\"x\",\"instructions\":\"Be kind\",\"max_output_tokens\":9}"));

    GenerationRequest request = worker.takenRequest();
    assertThat(answer.get("id").stringValue()).isEqualTo("resp_" + request.id());
    assertThat(answer.get("status").stringValue()).isEqualTo("completed");
    assertThat(answer.get("store").booleanValue()).isFalse();
    assertThat(answer.at("/output/0/content/0/text").stringValue()).isEqualTo("Hi!");
    assertThat(answer.at("/usage/total_tokens").intValue()).isEqualTo(5);
    assertThat(((Prompt.Chat) request.prompt()).messages())
        .containsExactly(
            Map.of("role", "system", "content", "Be kind"), Map.of("role", "user", "content", "x"));
    assertThat(request.stop().maxTokens()).isEqualTo(9);
  }

  @Test
  void responseStream_hasNamedEventsAndNoOtherEnd() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, delta(request, 1, 1, "H"), rest(request, 1, 2, "i")));

    try (BufferedReader lines = api.stream("/v1/responses", "{\"input\":\"x\",\"stream\":true}")) {
      List<String> all = lines.lines().toList();
      assertThat(all.stream().filter(line -> line.startsWith("event: ")))
          .containsSubsequence(
              "event: response.created",
              "event: response.in_progress",
              "event: response.output_item.added",
              "event: response.content_part.added",
              "event: response.output_text.delta",
              "event: response.output_text.done",
              "event: response.content_part.done",
              "event: response.output_item.done",
              "event: response.completed");
      List<JsonNode> data =
          all.stream()
              .filter(line -> line.startsWith("data: "))
              .map(line -> JSON.readTree(line.substring("data: ".length())))
              .toList();
      for (int i = 0; i < data.size(); i++) {
        assertThat(data.get(i).get("sequence_number").intValue()).isEqualTo(i);
      }
      assertThat(data.get(data.size() - 1).at("/response/output/0/content/0/text").stringValue())
          .isEqualTo("Hi");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'store':true | store is not supported beyond false, but is true
          'previous_response_id':'resp_1' | previous_response_id is not supported
          'conversation':'conv_1' | conversation is not supported
          'background':true | background is not supported
          'tools':[{'type':'web_search'}] | tools[0].type must be "function", but is "web_search"
          'max_output_tokens':0 | max_output_tokens must be at least 1, but is 0
          """)
  void responseThatCannotBeGiven_isRefusedByName(String field, String message) throws Exception {
    HttpResponse<String> response =
        api.post("/v1/responses", ("{'input':'x'," + field + "}").replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).at("/error/message").stringValue()).isEqualTo(message);
  }

  @Test
  void message_isAnsweredWholeAndSaysWhatEndedIt() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 2, "Hi END")));

    JsonNode answer =
        json(api.post("/v1/messages", "{" + MESSAGE + ",\"stop_sequences\":[\"END\"]}"));

    assertThat(answer.at("/content/0/text").stringValue()).isEqualTo("Hi ");
    assertThat(answer.get("stop_reason").stringValue()).isEqualTo("stop_sequence");
    assertThat(answer.get("stop_sequence").stringValue()).isEqualTo("END");
    assertThat(answer.get("usage").toString())
        .isEqualTo("{\"input_tokens\":3,\"output_tokens\":2}");
    assertThat(worker.takenRequest().stop().includeStopStrInOutput()).isTrue();
  }

  @Test
  void messageStream_hasNamedEventsAndNoOtherEnd() throws Exception {
    worker.onRequest(
        request -> worker.reply(request, delta(request, 1, 1, "H"), rest(request, 1, 2, "i")));

    try (BufferedReader lines = api.stream("/v1/messages", "{" + MESSAGE + ",\"stream\":true}")) {
      List<String> all = lines.lines().toList();
      assertThat(all.stream().filter(line -> line.startsWith("event: ")).distinct())
          .containsExactly(
              "event: message_start",
              "event: ping",
              "event: content_block_start",
              "event: content_block_delta",
              "event: content_block_stop",
              "event: message_delta",
              "event: message_stop");
      assertThat(all).doesNotContain("data: [DONE]");
    }
  }

  @Test
  void messageStreamThatFails_endsWithAnErrorEvent() throws Exception {
    worker.onRequest(request -> worker.reply(request, delta(request, 1, 1, "H")));

    try (BufferedReader lines = api.stream("/v1/messages", "{" + MESSAGE + ",\"stream\":true}")) {
      GenerationRequest request = worker.takenRequest();
      String line = lines.readLine();
      while (!line.equals("event: content_block_delta")) {
        line = lines.readLine();
      }
      worker.reply(request, failed(request, FailureKind.INTERNAL, "the worker broke"));
      assertThat(lines.lines().toList())
          .endsWith(
              "event: error",
              "data: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                  + "\"message\":\"the worker broke\"}}",
              "");
    }
  }

  @Test
  void tokensOfMessages_areCounted() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(
                request,
                told(request, new PromptReport(0, null, List.of(), List.of(7, 8), List.of()))));

    HttpResponse<String> response =
        api.post(
            "/v1/messages/count_tokens", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");

    assertThat(response.body()).isEqualTo("{\"input_tokens\":2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'messages':[]} | 400 | invalid_request_error | max_tokens is required
          {'max_tokens':1,'mcp_servers':[{}]} | 400 | invalid_request_error | mcp_servers is not supported
          {'max_tokens':1,'model':'huge','messages':[{'role':'user','content':'x'}]} | 404 | not_found_error | the model "huge" is not served; served are: SmolLM2-135M-Instruct
          """)
  void errorsOfMessages_haveTheirOwnShape(String body, int status, String type, String message)
      throws Exception {
    HttpResponse<String> response = api.post("/v1/messages", body.replace('\'', '"'));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("type").stringValue()).isEqualTo("error");
    assertThat(json(response).at("/error/type").stringValue()).isEqualTo(type);
    assertThat(json(response).at("/error/message").stringValue()).isEqualTo(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/embeddings", "/rerank", "/v1/rerank", "/v2/rerank", "/score", "/v1/score"})
  void modelThatGeneratesText_givesNeitherEmbeddingsNorScores(String path) throws Exception {
    HttpResponse<String> refused = api.post(path, "{\"input\":\"x\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).at("/error/message").stringValue())
        .startsWith("the model \"SmolLM2-135M-Instruct\" generates text; it gives no ");
    assertThat(api.post(path, "{\"model\":\"huge\"}").statusCode()).isEqualTo(404);
  }

  private static Reply told(GenerationRequest request, PromptReport prompt) {
    Reply.Choice none =
        new Reply.Choice(0, 0, AnswerPiece.of(""), FinishReason.LENGTH, List.of(), List.of());
    return new Reply.Finished(request.id(), 1, 0, List.of(none), new Usage(2, 0), List.of(prompt));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }
}
