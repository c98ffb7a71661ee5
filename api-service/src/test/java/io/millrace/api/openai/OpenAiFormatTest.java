package io.millrace.api.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bodies of OpenAI's endpoints, letter by letter. */
class OpenAiFormatTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TokenLogprobs HELLO =
      new TokenLogprobs(
          new ScoredToken(5, "Hé", null, -0.25, 1),
          0,
          List.of(
              new ScoredToken(5, "Hé", null, -0.25, 1), new ScoredToken(6, "Ho", null, -2.0, 2)));
  private static final TokenLogprobs HALF =
      new TokenLogprobs(
          new ScoredToken(7, "\uFFFD", List.of(0xE2, 0x80), -1.5, 3),
          2,
          List.of(new ScoredToken(8, "!", null, -0.5, 1), new ScoredToken(9, "?", null, -1.0, 2)));
  private static final PromptReport PROMPT =
      new PromptReport(
          "Say: ",
          List.of(
              new TokenLogprobs(new ScoredToken(1, "Say", null, null, 0), 0, List.of()),
              new TokenLogprobs(
                  new ScoredToken(2, ": ", null, -3.0, 4),
                  3,
                  List.of(
                      new ScoredToken(3, "!", null, -0.1, 1),
                      new ScoredToken(4, ".", null, -0.2, 2)))));

  @Test
  void chat_tellsLogprobsWithBytes() {
    OpenAiFormat format = chat(OutputParams.TEXT.withLogprobs(2));
    assertThat(json(format.whole(finished(null, scored(0, "Hé", HELLO)))).at("/choices/0/logprobs"))
        .isEqualTo(
            JSON.readTree(
                """
                {"content":[{"token":"Hé","logprob":-0.25,"bytes":[72,195,169],"top_logprobs":[
                  {"token":"Hé","logprob":-0.25,"bytes":[72,195,169]},
                  {"token":"Ho","logprob":-2.0,"bytes":[72,111]}]}],"refusal":null}
                """));
  }

  @Test
  void chatStream_tellsEachAnswerByItsIndex() {
    OpenAiFormat format = chat(OutputParams.TEXT.withN(2).withLogprobs(0));
    assertThat(json(format.opening()).toString())
        .contains("\"index\":0,\"delta\":{\"role\":\"assistant\"")
        .contains("\"index\":1,\"delta\":{\"role\":\"assistant\"");
    JsonNode piece = json(format.piece(delta(1, "Hé", null, HELLO))).get(0).at("/choices/0");
    assertThat(piece.get("index").intValue()).isEqualTo(1);
    assertThat(piece.at("/logprobs/content/0/token").stringValue()).isEqualTo("Hé");
    assertThat(json(format.end(1, FinishReason.LENGTH)).get(0).at("/choices/0").toString())
        .isEqualTo("{\"index\":1,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"length\"}");
  }

  @Test
  void chat_tellsPromptLogprobsBesideItsChoices() {
    OpenAiFormat format = chat(OutputParams.TEXT.withPromptLogprobs(1));
    assertThat(json(format.whole(finished(PROMPT, choice(0, "Hi")))).get("prompt_logprobs"))
        .isEqualTo(
            JSON.readTree(
                """
                [null,{"2":{"logprob":-3.0,"rank":4,"decoded_token":": "},
                       "3":{"logprob":-0.1,"rank":1,"decoded_token":"!"}}]
                """));
  }

  @Test
  void completion_tellsLogprobsInColumns() {
    OpenAiFormat format = text(OutputParams.TEXT.withN(2).withLogprobs(1));
    JsonNode whole =
        json(format.whole(finished(null, scored(0, "Hé?", HELLO, HALF), choice(1, "x"))));
    assertThat(whole.at("/choices/0/logprobs"))
        .isEqualTo(
            JSON.readTree(
                """
                {"text_offset":[0,2],"token_logprobs":[-0.25,-1.5],
                 "tokens":["Hé","bytes:\\\\xe2\\\\x80"],
                 "top_logprobs":[{"Hé":-0.25},{"!":-0.5,"bytes:\\\\xe2\\\\x80":-1.5}]}
                """));
    assertThat(whole.at("/choices/1/index").intValue()).isEqualTo(1);
    assertThat(whole.at("/choices/0").has("prompt_logprobs")).isFalse();
    assertThat(whole.has("prompt_logprobs")).isFalse();
  }

  @Test
  void chat_tellsThoughtsAndCalls() {
    AnswerPiece said =
        new AnswerPiece("", "hm", List.of(ToolCallDelta.begin(0, "call_1", "f", "{\"a\":1}")));
    Reply.Choice choice =
        new Reply.Choice(0, 0, said, FinishReason.TOOL_CALLS, List.of(), List.of());

    assertThat(text(chat(OutputParams.TEXT).whole(finished(null, choice))))
        .contains(
            "'choices':[{'index':0,'message':{'role':'assistant','content':null,"
                + "'reasoning_content':'hm','reasoning':'hm','tool_calls':[{'id':'call_1',"
                + "'type':'function','function':{'name':'f','arguments':'{\\'a\\':1}'}}]},"
                + "'logprobs':null,'finish_reason':'tool_calls'}]");
  }

  @Test
  void chat_ofTextAloneHasNoCalls() {
    assertThat(text(chat(OutputParams.TEXT).whole(finished(null, choice(0, "")))))
        .contains("'message':{'role':'assistant','content':''}");
  }

  @Test
  void chatStream_tellsThoughtsAndCallsInPieces() {
    OpenAiFormat format = chat(OutputParams.TEXT);

    assertThat(delta(format, new AnswerPiece("", "hm", List.of())))
        .contains("'delta':{'reasoning_content':'hm','reasoning':'hm'}");
    assertThat(
            delta(
                format,
                new AnswerPiece("", "", List.of(ToolCallDelta.begin(0, "call_1", "f", "")))))
        .contains(
            "'delta':{'tool_calls':[{'index':0,'id':'call_1','type':'function',"
                + "'function':{'name':'f','arguments':''}}]}");
    assertThat(delta(format, new AnswerPiece("", "", List.of(ToolCallDelta.more(0, "{")))))
        .contains("'delta':{'tool_calls':[{'index':0,'function':{'arguments':'{'}}]}");
    assertThat(delta(format, AnswerPiece.of("a"))).contains("'delta':{'content':'a'}");
    assertThat(text(format.end(0, FinishReason.TOOL_CALLS)))
        .contains("'delta':{},'logprobs':null,'finish_reason':'tool_calls'");
  }

  private static String delta(OpenAiFormat format, AnswerPiece said) {
    return text(
        format.piece(new Reply.Delta("id", 1, 1, 0, 0, said, null, List.of(1), List.of(), null)));
  }

  private static String text(Object value) {
    return JSON.writeValueAsString(value).replace('"', '\'');
  }

  @Test
  void echo_standsBeforeTheAnswerWithItsLogprobs() {
    OpenAiFormat format = text(OutputParams.TEXT.withLogprobs(1).withEcho());
    JsonNode choice = json(format.whole(finished(PROMPT, scored(0, "Hé", HELLO)))).at("/choices/0");
    assertThat(choice.get("text").stringValue()).isEqualTo("Say: Hé");
    assertThat(choice.get("logprobs"))
        .isEqualTo(
            JSON.readTree(
                """
                {"text_offset":[0,3,5],"token_logprobs":[null,-3.0,-0.25],
                 "tokens":["Say",": ","Hé"],
                 "top_logprobs":[null,{"!":-0.1,": ":-3.0},{"Hé":-0.25}]}
                """));
  }

  @Test
  void echoStream_beginsEveryAnswerWithThePrompt() {
    OpenAiFormat format = text(OutputParams.TEXT.withN(2).withLogprobs(1).withEcho());
    JsonNode events = json(format.piece(delta(1, "Hé", PROMPT, HELLO)));
    assertThat(events).hasSize(3);
    assertThat(events.get(0).at("/choices/0/text").stringValue()).isEqualTo("Say: ");
    assertThat(events.get(1).at("/choices/0/index").intValue()).isEqualTo(1);
    assertThat(events.get(2).at("/choices/0/logprobs/text_offset/0").intValue()).isEqualTo(5);
  }

  @Test
  void echoOfSeveralPrompts_standsBeforeTheAnswersToEach() {
    OpenAiFormat format = text(OutputParams.TEXT.withN(2).withEcho());
    List<PromptReport> prompts =
        List.of(new PromptReport(0, "A", List.of()), new PromptReport(1, "B", List.of()));
    List<Reply.Choice> choices =
        List.of(choice(0, "a"), choice(1, "b"), choice(2, "c"), choice(3, "d"));
    Reply.Finished finished = new Reply.Finished("id", 1, 2, choices, new Usage(2, 4), prompts);
    assertThat(json(format.whole(finished)).at("/choices").findValuesAsString("text"))
        .containsExactly("Aa", "Ab", "Bc", "Bd");

    JsonNode events = json(format.piece(delta(3, "d", prompts.get(1))));
    assertThat(events.findValuesAsString("index")).containsExactly("2", "3", "3");
    assertThat(events.findValuesAsString("text")).containsExactly("B", "B", "d");
  }

  @Test
  void echoWithoutAnAnswer_tellsThePromptAlone() {
    OpenAiFormat format = text(OutputParams.TEXT.withLogprobs(1).withEcho());
    JsonNode whole = json(format.whole(finished(PROMPT, choice(0, ""))));
    assertThat(whole.at("/choices/0/text").stringValue()).isEqualTo("Say: ");
    assertThat(whole.at("/choices/0/logprobs/tokens")).hasSize(2);
    assertThat(format.piece(delta(0, "", PROMPT))).hasSize(1);
  }

  @Test
  void completion_tellsTokensOfPromptAndAnswer() {
    OpenAiFormat format = text(OutputParams.TEXT.withN(2).withPromptTokens(false));
    Reply.Finished whole = finished(TOKENS, choice(0, "a", 7, 2), choice(1, "b", 8));
    assertThat(text(format.whole(whole)))
        .contains(
            "{'index':0,'text':'a','logprobs':null,'finish_reason':'stop',"
                + "'prompt_token_ids':[1,5],'token_ids':[7,2]},"
                + "{'index':1,'text':'b','logprobs':null,'finish_reason':'stop',"
                + "'prompt_token_ids':[1,5],'token_ids':[8]}");
    assertThat(text(text(OutputParams.TEXT).whole(finished(null, choice(0, "a", 7)))))
        .doesNotContain("token_ids");
  }

  @Test
  void completionStream_tellsThePromptsTokensFirst() {
    OpenAiFormat format = text(OutputParams.TEXT.withN(2).withPromptTokens(false));
    assertThat(format.opening()).isEmpty();
    JsonNode events = json(format.piece(delta(1, "a", TOKENS)));
    assertThat(events.findValuesAsString("index")).containsExactly("0", "1", "1");
    assertThat(events.findValues("prompt_token_ids")).hasSize(2).containsOnly(ids(1, 5));
    assertThat(events.findValues("token_ids")).containsExactly(ids(), ids(), ids(1));
    assertThat(json(format.piece(delta(1, "", null))).findValues("token_ids"))
        .containsExactly(ids(1));
    assertThat(text(format.end(1, FinishReason.STOP))).contains("'token_ids':[]");
    assertThat(format.tellsTokens()).isTrue();
  }

  @Test
  void chat_tellsThePromptsTokensBesideItsChoices() {
    OpenAiFormat format = chat(OutputParams.TEXT.withPromptTokens(false));
    assertThat(text(format.whole(finished(TOKENS, choice(0, "a", 7, 2)))))
        .contains("'finish_reason':'stop','token_ids':[7,2]}],'prompt_token_ids':[1,5],'usage':");
    assertThat(text(chat(OutputParams.TEXT).whole(finished(null, choice(0, "a", 7)))))
        .doesNotContain("token_ids");
  }

  @Test
  void chatStream_tellsThePromptsTokensWithTheRole() {
    OpenAiFormat format = chat(OutputParams.TEXT.withPromptTokens(false));
    assertThat(format.opening()).isEmpty();
    assertThat(text(format.piece(delta(0, "a", TOKENS))))
        .contains(
            "{'role':'assistant','content':''},'logprobs':null,'finish_reason':null,"
                + "'token_ids':[]}],'prompt_token_ids':[1,5]}",
            "{'content':'a'},'logprobs':null,'finish_reason':null,'token_ids':[1]}]}");
    assertThat(text(format.piece(delta(0, "b", null)))).doesNotContain("role", "prompt_token_ids");
    assertThat(text(chat(OutputParams.TEXT).opening())).contains("role").doesNotContain("ids");
  }

  private static final PromptReport TOKENS =
      new PromptReport(0, null, List.of(), List.of(1, 5), List.of());

  private static JsonNode ids(Integer... ids) {
    return json(List.of(ids));
  }

  private static Reply.Choice choice(int index, String text, Integer... tokenIds) {
    return new Reply.Choice(
        index, 0, AnswerPiece.of(text), FinishReason.STOP, List.of(tokenIds), List.of());
  }

  private static OpenAiFormat chat(OutputParams asked) {
    return new OpenAiFormat("id", 1, "m", new ChatChoices("assistant", asked), false, null);
  }

  private static OpenAiFormat text(OutputParams asked) {
    return new OpenAiFormat("id", 1, "m", new TextChoices(asked), false, null);
  }

  private static Reply.Choice scored(int index, String text, TokenLogprobs... logprobs) {
    return new Reply.Choice(
        index, 0, AnswerPiece.of(text), FinishReason.STOP, List.of(), List.of(logprobs));
  }

  private static Reply.Delta delta(
      int index, String text, @Nullable PromptReport prompt, TokenLogprobs... logprobs) {
    return new Reply.Delta(
        "id",
        1,
        1,
        1 - 1,
        index,
        AnswerPiece.of(text),
        null,
        List.of(1),
        List.of(logprobs),
        prompt);
  }

  private static Reply.Finished finished(@Nullable PromptReport prompt, Reply.Choice... choices) {
    return new Reply.Finished(
        "id",
        1,
        2,
        new ArrayList<>(List.of(choices)),
        new Usage(2, 3),
        prompt == null ? List.of() : List.of(prompt));
  }

  private static JsonNode json(Object value) {
    return JSON.readTree(JSON.writeValueAsBytes(value));
  }
}
