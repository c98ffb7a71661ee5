package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenizeParams;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.ToolChoice;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of a model that thinks and calls functions, a byte a token, broken off everywhere. */
final class ToolCallAnswerTest {
  private static final OutputFormat HERMES = OutputFormat.TEXT.withToolCallParser("hermes");
  private static final OutputFormat THINK =
      new OutputFormat(HERMES.toolCalls(), ReasoningTags.THINK, List.of());
  private static final String WEATHER =
      "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Zürich\"}}\n</tool_call>";
  private static final String TIME =
      "<tool_call>\n{\"name\": \"time\", \"arguments\": {}}\n</tool_call>";
  private static final StopCriteria STOP = StopCriteria.MODEL_DEFAULTS;

  private static ModelText text;

  private String prompt = "hi";
  private int[] script = {};

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    text = ModelText.load(folder);
  }

  @AfterAll
  static void free() {
    text.close();
  }

  @Test
  void call_isSetApartFromTheText() {
    Reply.Choice answer = answer(HERMES, "Let me look.\n" + WEATHER, chat(null), STOP);

    assertThat(answer.said().text()).isEqualTo("Let me look.");
    assertThat(answer.said().toolCalls()).hasSize(1);
    ToolCallDelta call = answer.said().toolCalls().get(0);
    assertThat(call.id()).startsWith("call_");
    assertThat(call.function())
        .isEqualTo(new ToolCallDelta.Function("weather", "{\"city\": \"Zürich\"}"));
    assertThat(answer.reason()).isEqualTo(FinishReason.TOOL_CALLS);
  }

  @Test
  void twoCalls_areBothTold() {
    Reply.Choice answer = answer(HERMES, WEATHER + "\n" + TIME, chat(null), STOP);

    assertThat(answer.said().toolCalls())
        .extracting(call -> call.index() + " " + call.function().name())
        .containsExactly("0 weather", "1 time");
    assertThat(answer.reason()).isEqualTo(FinishReason.TOOL_CALLS);
  }

  @Test
  void parallelToolCallsOff_endsWithTheFirstCall() {
    Reply.Choice answer = answer(HERMES, WEATHER + "\n" + TIME, chat(false), STOP);

    assertThat(answer.said().toolCalls()).hasSize(1);
    assertThat(answer.reason()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(answer.tokenIds().size()).isLessThan(tokens(WEATHER).length);
  }

  /** As a small model does that must call and has nothing more to call. */
  @Test
  void callThatMustComeAndIsRepeated_isTheEnd() {
    Prompt.Chat forced = mustCall();
    String written = WEATHER + "\n" + TIME + "\n" + WEATHER + "\n" + TIME;
    Reply.Choice answer = answer(HERMES, written, forced, STOP);

    assertThat(answer.said().toolCalls())
        .extracting(call -> call.function().name() + call.arguments())
        .containsExactly("weather{\"city\": \"Zürich\"}", "time{}");
    assertThat(answer.reason()).isEqualTo(FinishReason.TOOL_CALLS);
    assertThat(answer.tokenIds().size()).isLessThan(tokens(written).length);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 15, 40})
  void furtherCallThatMustComeAndIsCutOff_isNotTold(int more) {
    Prompt.Chat forced = mustCall();
    StopCriteria few = STOP.withMaxTokens(tokens(TIME + "\n").length + more);
    Reply.Choice answer = answer(HERMES, TIME + "\n" + WEATHER, forced, few);

    assertThat(answer.said().toolCalls()).hasSize(1);
    assertThat(answer.said().text()).isEmpty();
    assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void callThatIsCutOff_isNotAReasonToCall() {
    StopCriteria few = STOP.withMaxTokens(tokens(WEATHER).length - 20);
    Reply.Choice answer = answer(HERMES, WEATHER, chat(null), few);

    assertThat(answer.said().toolCalls()).hasSize(1);
    assertThat(answer.said().toolCalls().get(0).arguments()).startsWith("{\"city\": \"Z");
    assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void whatIsNoCall_isText() {
    String written = "<tool_call>\nmaybe\n</tool_call> <tool_cal";
    Reply.Choice answer = answer(HERMES, written, chat(null), STOP);

    assertThat(answer.said()).isEqualTo(AnswerPiece.of(written));
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void withoutTools_callsAreText() {
    Prompt.Chat chat = new Prompt.Chat(List.of(message()), true);
    Reply.Choice answer = answer(HERMES, WEATHER, chat, STOP);

    assertThat(answer.said()).isEqualTo(AnswerPiece.of(WEATHER));
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void thought_isSetApart() {
    Reply.Choice answer =
        answer(THINK, "<think>\nhm, ö\n</think>\n\nyes " + WEATHER, chat(null), STOP);

    assertThat(answer.said().reasoning()).isEqualTo("hm, ö");
    assertThat(answer.said().text()).isEqualTo("yes");
    assertThat(answer.said().toolCalls()).hasSize(1);
  }

  @Test
  void thoughtThatThePromptOpens_goesOn() {
    prompt = "<|im_start|>assistant\n<think>\n";
    Reply.Choice answer = answer(THINK, "hm</think>yes", chat(null), STOP);

    assertThat(answer.said()).isEqualTo(new AnswerPiece("yes", "hm", List.of()));
  }

  @Test
  void stopStrings_endWhatTheModelWrites() {
    Reply.Choice answer =
        answer(THINK, "<think>hm</think>one two", chat(null), STOP.withStop("two", "hmm"));

    assertThat(answer.said()).isEqualTo(new AnswerPiece("one ", "hm", List.of()));
  }

  @Test
  void stopStringThatOverlapsItself_losesNothing() {
    for (String written : List.of("xaaaaaac", "xaaaaaab", "aaaa")) {
      Reply.Choice answer = answer(OutputFormat.TEXT, written, chat(null), STOP.withStop("aaab"));

      assertThat(answer.text()).isEqualTo(written.replace("aaab", ""));
    }
  }

  @Test
  void manyTokensThatSayNothing_areToldNevertheless() {
    script = tokens("<think>" + " ".repeat(200) + "</think>yes");

    assertThat(replies(request(chat(null), STOP), THINK, PriorOutput.NONE))
        .hasSizeGreaterThan(4)
        .first()
        .isInstanceOfSatisfying(
            Reply.Delta.class, delta -> assertThat(delta.said()).isEqualTo(AnswerPiece.NONE));
  }

  @Test
  void tags_areShownToTheParserThoughTheyAreSpecial() {
    OutputFormat format = new OutputFormat(null, null, List.of("<|im_start|>"));
    ChatOutput output = ChatOutput.of(request(chat(null), STOP), chat(null), format, "");
    int tag = text.tokenizer().id("<|im_start|>").orElseThrow();

    assertThat(text.tokenizer().specialIds()).contains(tag);
    assertThat(output.hidden(text.tokenizer())).doesNotContain(tag).isNotEmpty();
  }

  /** The answer, told without a break; the same comes out wherever it is broken off. */
  private Reply.Choice answer(
      OutputFormat format, String written, Prompt.Chat chat, StopCriteria stop) {
    script = tokens(written);
    GenerationRequest request = request(chat, stop);
    List<Reply> undisturbed = replies(request, format, PriorOutput.NONE);
    Reply.Finished whole =
        WholeAnswers.read(undisturbed, new ReplyTracker(), new DeltaAggregator()).orElseThrow();
    for (int told = 0; told < undisturbed.size(); told++) {
      ReplyTracker tracker = new ReplyTracker();
      DeltaAggregator pieces = new DeltaAggregator();
      WholeAnswers.read(undisturbed.subList(0, told), tracker, pieces);
      List<Reply> rest = replies(request, format, tracker.output());
      assertThat(WholeAnswers.read(rest, tracker, pieces).orElseThrow().choices())
          .as("after %d replies", told)
          .isEqualTo(whole.choices());
      assertThat(toldTwice(undisturbed, told).choices()).isEqualTo(whole.choices());
    }
    return whole.choices().get(0);
  }

  /** What a reader has who hears some replies again, such as of a worker that went on. */
  private static Reply.Finished toldTwice(List<Reply> replies, int told) {
    ReplyTracker tracker = new ReplyTracker();
    DeltaAggregator pieces = new DeltaAggregator();
    WholeAnswers.read(replies.subList(0, told), tracker, pieces);
    return WholeAnswers.read(replies, tracker, pieces).orElseThrow();
  }

  private List<Reply> replies(GenerationRequest request, OutputFormat format, PriorOutput prior) {
    Engine engine =
        new Engine(
            new ScriptedModel(256, this::scripted),
            new Scheduler(new BlockManager(256, 4), 16, 512),
            null,
            System::nanoTime,
            () -> EngineListener.NONE);
    List<Reply> replies = new ArrayList<>();
    engine.take(
        new EngineCommand.Submit(
            factory(format).create(request, prior.attempt() + 1, prior, replies::add),
            new RequestStopwatch(0)));
    while (engine.hasWork()) {
      engine.step();
    }
    return replies;
  }

  private GenerationFactory factory(OutputFormat format) {
    PromptEncoder encoder =
        new PromptEncoder() {
          @Override
          public int[] encode(Prompt asked, TokenizeParams params) {
            return tokens(prompt);
          }

          @Override
          public OutputFormat outputFormat(Prompt.Chat chat) {
            return format;
          }
        };
    return new GenerationFactory(
        text.tokenizer(),
        encoder,
        SamplingParams.NONE,
        Set.of(end()),
        384,
        EngineLimits.of(512, null, null, null, 4));
  }

  private int scripted(Sequence sequence) {
    int next = sequence.numOutputTokens();
    return next < script.length ? script[next] : end();
  }

  private static int end() {
    return text.tokenizer().id("</s>").orElseThrow();
  }

  private static int[] tokens(String written) {
    return text.tokenizer().encode(written, false);
  }

  private static Map<String, Object> message() {
    return Map.of("role", "user", "content", "hi");
  }

  private static Prompt.Chat chat(@Nullable Boolean parallel) {
    return new Prompt.Chat(
        List.of(message()), true, List.of(tool("weather")), Map.of(), false, null, parallel);
  }

  private static Prompt.Chat mustCall() {
    return chat(null).withTools(List.of(tool("weather"), tool("time")), ToolChoice.REQUIRED, true);
  }

  private static Map<String, Object> tool(String name) {
    return Map.of("type", "function", "function", Map.of("name", name, "parameters", Map.of()));
  }

  private static GenerationRequest request(Prompt.Chat chat, StopCriteria stop) {
    return new GenerationRequest(
        "a",
        "m",
        chat,
        SamplingParams.NONE,
        stop,
        OutputParams.TEXT,
        true,
        Instant.EPOCH,
        null,
        new ReplyAddress("answers", null));
  }
}
