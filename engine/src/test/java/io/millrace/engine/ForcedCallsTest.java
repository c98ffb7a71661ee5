package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.ToolChoice;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.ToolCallFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** Calls that a model which says anything is made to write, in every notation. */
final class ForcedCallsTest extends WholeAnswers {
  private static final int MOST = 150;
  private static final StopCriteria LONG = StopCriteria.MODEL_DEFAULTS.withMaxTokens(MOST);
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final String WEATHER =
      "{'type':'object','properties':{'city':{'enum':['Oslo','Köln']},'days':{'type':'integer',"
          + "'minimum':1,'maximum':14},'zip':{'type':'string','pattern':'^[0-9]{3}$'}},"
          + "'required':['city','zip'],'additionalProperties':false}";
  private static final String SEARCH =
      "{'type':'object','properties':{'query':{'type':'string','minLength':1,'maxLength':6},"
          + "'tags':{'type':'array','items':{'$ref':'#/$defs/tag'},'maxItems':2}},"
          + "'required':['tags'],'additionalProperties':false,'$defs':{'tag':{'enum':['a','b']}}}";
  private static final List<Map<String, Object>> TOOLS =
      List.of(tool("weather", WEATHER, false), tool("search", SEARCH, false));

  private static final ToolChoice ONLY_WEATHER = ToolChoice.REQUIRED.among(List.of("weather"));

  @ParameterizedTest
  @EnumSource
  void forcedCalls_areOfTheFunctionsAndValid(ToolCallFormat notation) {
    OutputFormat format = new OutputFormat(notation, null, List.of());
    List<GenerationRequest> requests = new ArrayList<>();
    int seed = notation.ordinal();
    requests.add(request("named", seed, chat(TOOLS, ToolChoice.function("search"), null)));
    requests.add(
        switch (seed % 3) {
          case 0 -> request("one", seed, chat(TOOLS, ToolChoice.REQUIRED, false));
          case 1 -> request("many", seed, chat(TOOLS, ToolChoice.REQUIRED, null));
          default -> request("among", seed, chat(TOOLS, ONLY_WEATHER, null));
        });

    answers(requests, format)
        .forEach(
            (id, answer) -> {
              assertCalls(answer.choices().get(0));
              List<String> names = names(answer);
              switch (id.substring(0, id.indexOf('-'))) {
                case "named" -> {
                  assertThat(names).containsExactly("search");
                  assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
                }
                case "one" -> {
                  assertThat(names).hasSize(1);
                  assertThat(answer.reason()).isEqualTo(FinishReason.TOOL_CALLS);
                }
                case "many" -> assertThat(names).isSubsetOf("weather", "search");
                default -> assertThat(names).containsOnly("weather");
              }
            });
  }

  @Test
  void callsComeBehindTheReasoning_whichMayBeOpen() {
    OutputFormat format = new OutputFormat(ToolCallFormat.HERMES, ReasoningTags.THINK, List.of());
    Prompt.Chat chat = chat(TOOLS, ToolChoice.function("weather"), null);
    for (boolean open : List.of(true, false)) {
      for (int seed = 0; seed < 4; seed++) {
        GenerationRequest request = request("think", seed, chat);
        Reply.Finished answer =
            answers(List.of(request), format, open ? "<think>\n" : "").get(request.id());
        assertThat(answer.text()).isEmpty();
        boolean thinks = !answer.choices().get(0).said().reasoning().isEmpty();
        assertThat(names(answer).size() + (thinks ? 1 : 0)).isPositive();
        assertThat(thinks || !open).isTrue();
      }
    }
  }

  @Test
  void modelWithoutANotation_writesThatOfHermes() {
    GenerationRequest request =
        request("none", 1, chat(TOOLS, ToolChoice.function("search"), null));

    Reply.Finished answer = answers(List.of(request), OutputFormat.TEXT).get(request.id());

    assertThat(names(answer)).containsExactly("search");
    assertCalls(answer.choices().get(0));
  }

  @Test
  void callThatIsCut_endsForItsLength() {
    GenerationRequest request =
        request(
            "cut-0",
            chat(TOOLS, ToolChoice.function("search"), null),
            StopCriteria.MODEL_DEFAULTS.withMaxTokens(40));

    assertThat(answers(List.of(request), OutputFormat.TEXT).get("cut-0").reason())
        .isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void schemaThatCannotBeEnforced_isRefusedByItsPlaceAmongTheTools() {
    String unique = "{'type':'object','properties':{'a':{'type':'array','uniqueItems':true}}}";
    List<Map<String, Object>> tools = List.of(TOOLS.get(0), tool("f", unique, true));
    for (ToolChoice choice : List.of(ToolChoice.AUTO, ToolChoice.REQUIRED)) {
      GenerationRequest request = request("u", 0, chat(tools, choice, null));
      assertThatThrownBy(
              () -> answers(List.of(request), OutputFormat.TEXT.withToolCallParser("hermes")))
          .isInstanceOfSatisfying(
              Invalid.class, e -> assertThat(e.param()).isEqualTo("tools[1].function.parameters"))
          .hasMessageContaining("uniqueItems");
    }
  }

  /** An answer that is cut may end within a call. */
  private static void assertCalls(Reply.Choice answer) {
    List<ToolCallDelta> calls = answer.said().toolCalls();
    boolean cut = answer.reason() == FinishReason.LENGTH;
    for (ToolCallDelta call : cut ? calls.subList(0, Math.max(0, calls.size() - 1)) : calls) {
      String schema = call.function().name().equals("weather") ? WEATHER : SEARCH;
      assertThat(
              REGISTRY
                  .getSchema(schema.replace('\'', '"'))
                  .validate(call.arguments(), InputFormat.JSON))
          .as(call.function().name() + call.arguments())
          .isEmpty();
    }
    assertThat(cut).isEqualTo(answer.tokenIds().size() == MOST);
    assertThat(cut || answer.text().isEmpty()).as(answer.text()).isTrue();
  }

  private static List<String> names(Reply.Finished answer) {
    return answer.choices().get(0).said().toolCalls().stream()
        .map(call -> call.function().name())
        .toList();
  }

  private static Map<String, Reply.Finished> answers(
      List<GenerationRequest> requests, OutputFormat format) {
    return answers(requests, format, "");
  }

  private static Map<String, Reply.Finished> answers(
      List<GenerationRequest> requests, OutputFormat format, String begun) {
    PromptEncoder encoder = encoder("hi" + begun, format);
    return whole(
        replies(
            requests, 64, PriorOutput.NONE, EngineLimits.of(512, null, MOST, null, 16), encoder));
  }

  private static GenerationRequest request(String name, int seed, Prompt chat) {
    return request(
        name + "-" + seed,
        chat,
        sampling(1, 1, 1, (long) seed, TokenRules.NONE),
        LONG,
        OutputParams.TEXT);
  }

  private static GenerationRequest request(String id, Prompt chat, StopCriteria stop) {
    return request(id, chat, sampling(1, 1, 1, 0L, TokenRules.NONE), stop, OutputParams.TEXT);
  }

  private static Prompt.Chat chat(
      List<Map<String, Object>> tools, ToolChoice choice, @Nullable Boolean parallel) {
    return new Prompt.Chat(
        List.of(Map.of("role", "user", "content", "hi")),
        true,
        tools,
        Map.of(),
        false,
        choice,
        parallel);
  }

  private static Map<String, Object> tool(String name, String schema, boolean strict) {
    Object parameters = JsonMapper.shared().readValue(schema.replace('\'', '"'), Map.class);
    return Map.of(
        "type",
        "function",
        "function",
        Map.of("name", name, "strict", strict, "parameters", parameters));
  }
}
