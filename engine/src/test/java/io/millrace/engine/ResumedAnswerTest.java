package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.StructuredOutputs;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.TokenRules;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers that are broken off after some of their replies, and gone on with by another engine: in
 * float32 they are as if nothing had happened.
 */
final class ResumedAnswerTest extends WholeAnswers {
  private static final StopCriteria STOP =
      StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
  private static final SamplingParams DRAWN =
      sampling(1.3, 0.95, 1.2, 42L, new TokenRules(3, List.of(), Map.of(40, 2.0)));

  @Test
  void greedyAnswer() {
    assertGoesOn(SamplingParams.NONE.withTemperature(0.0), STOP, OutputParams.TEXT);
  }

  @Test
  void drawnAnswer_withPenalties() {
    assertGoesOn(DRAWN, STOP, OutputParams.TEXT);
  }

  @Test
  void severalAnswers_withLogprobsOfPromptAndTokens() {
    OutputParams output =
        OutputParams.TEXT.withN(3).withLogprobs(2).withPromptLogprobs(1).withEcho();
    assertGoesOn(DRAWN, STOP, output);
  }

  @Test
  void answerWithStopStrings_thatAreHeldBack() {
    String whole = undisturbed(request("a", PROMPT, DRAWN, STOP, OutputParams.TEXT)).text();
    int middle = whole.offsetByCodePoints(0, whole.codePointCount(0, whole.length()) / 2);
    int end = whole.offsetByCodePoints(middle, 4);
    // The first is always on the way and never comes; the second ends the answer.
    StopCriteria stopped =
        STOP.withStop(whole.substring(0, middle) + "\uE000", whole.substring(middle, end));
    for (StopCriteria stop : List.of(stopped, stopped.withMinTokens(6))) {
      assertGoesOn(DRAWN, stop, OutputParams.TEXT.withLogprobs(1));
    }
  }

  @Test
  void constrainedAnswers() {
    for (StructuredOutputs constraint :
        List.of(
            new StructuredOutputs(null, "[ -~]{3}( w\\d+|[A-Z])*", List.of(), null, null, null),
            new StructuredOutputs(
                JsonMapper.shared()
                    .readTree("{'type':'array','items':{'type':'integer'}}".replace('\'', '"')),
                null,
                List.of(),
                null,
                null,
                null))) {
      GenerationRequest request =
          request("a", PROMPT, DRAWN, STOP, OutputParams.TEXT.withN(2).withLogprobs(1));
      assertGoesOn(request.withFormat(ConstraintFields.of(constraint)));
    }
  }

  @Test
  void answersToSeveralPrompts() {
    Prompt batch =
        new Prompt.Batch(
            List.of(new Prompt.Tokens(PROMPT.subList(0, 9)), new Prompt.Tokens(PROMPT)));
    assertGoesOn(request("a", batch, DRAWN, STOP, OutputParams.TEXT.withN(2).withEcho()));
  }

  @Test
  void answerOfWhichAllButTheEndWasTold_isEnded() {
    GenerationRequest request =
        request("a", PROMPT, DRAWN, STOP.withMaxTokens(3), OutputParams.TEXT);
    Reply.Finished whole = undisturbed(request);
    PriorOutput all =
        new PriorOutput(
            1,
            false,
            Map.of(0, new PriorOutput.Choice(whole.choices().get(0).tokenIds(), null)),
            Set.of());

    List<Reply> rest = replies(List.of(request), MAX_BATCHED_TOKENS, all);

    assertThat(rest)
        .singleElement()
        .isInstanceOfSatisfying(
            Reply.Finished.class,
            end -> {
              assertThat(end.choices().get(0).begin()).isEqualTo(3);
              assertThat(end.usage()).isEqualTo(whole.usage());
            });
  }

  private static void assertGoesOn(
      SamplingParams sampling, StopCriteria stop, OutputParams output) {
    assertGoesOn(request("a", PROMPT, sampling, stop, output));
  }

  private static void assertGoesOn(GenerationRequest request) {
    List<Reply> undisturbed = replies(List.of(request), 512, PriorOutput.NONE);
    Reply.Finished whole = undisturbed(request);
    int stride = 1 + undisturbed.size() / 10;
    for (int told = 0; told < undisturbed.size(); told += stride) {
      ReplyTracker tracker = new ReplyTracker();
      DeltaAggregator pieces = new DeltaAggregator();
      read(undisturbed.subList(0, told), tracker, pieces);
      List<Reply> rest = replies(List.of(request), MAX_BATCHED_TOKENS, tracker.output());

      assertThat(read(rest, tracker, pieces))
          .as("after %d replies", told)
          .hasValueSatisfying(joined -> assertSame(joined, whole));
    }
  }

  private static Reply.Finished undisturbed(GenerationRequest request) {
    return answers(List.of(request), 512).get(request.id());
  }

  private static void assertSame(Reply.Finished joined, Reply.Finished whole) {
    assertThat(joined.usage()).isEqualTo(whole.usage());
    assertThat(joined.prompts()).hasSameSizeAs(whole.prompts());
    assertThat(joined.choices()).hasSameSizeAs(whole.choices());
    for (int i = 0; i < whole.choices().size(); i++) {
      Reply.Choice one = joined.choices().get(i);
      Reply.Choice other = whole.choices().get(i);
      assertThat(one.text()).isEqualTo(other.text());
      assertThat(one.reason()).isEqualTo(other.reason());
      assertThat(one.tokenIds()).isEqualTo(other.tokenIds());
      assertThat(one.logprobs())
          .extracting(TokenLogprobs::textOffset)
          .isEqualTo(other.logprobs().stream().map(TokenLogprobs::textOffset).toList());
      assertThat(ids(one)).isEqualTo(ids(other));
    }
  }
}
