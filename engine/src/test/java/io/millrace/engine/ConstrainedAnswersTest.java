package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.StructuredOutputs;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Answers that must match something, from a model that says anything. */
final class ConstrainedAnswersTest extends WholeAnswers {
  private static final StopCriteria LONG = StopCriteria.MODEL_DEFAULTS.withMaxTokens(400);
  private static final StopCriteria TOKENS_ONLY =
      StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
  private static final List<Integer> SHORT_PROMPT = PROMPT.subList(0, 9);

  @Test
  void answers_areValidUnderTheirSchemasAndTheSameWhoeverSharesTheBatch() {
    List<GenerationRequest> requests = new ArrayList<>();
    SchemaSamples.ALL.forEach(
        (name, schema) -> {
          for (int seed = 0; seed < 2; seed++) {
            OutputParams output =
                seed == 0 ? OutputParams.TEXT : OutputParams.TEXT.withN(2).withLogprobs(1);
            requests.add(
                request(name + "-" + seed, SHORT_PROMPT, drawn(seed), LONG, output)
                    .withFormat(schema(schema)));
          }
          requests.add(request("free-" + name, PROMPT, drawn(3), TOKENS_ONLY, OutputParams.TEXT));
        });

    Map<String, Reply.Finished> together = wholeAnswers(requests);

    for (GenerationRequest request : requests) {
      Reply.Finished answer = together.get(request.id());
      String name = request.id().replaceAll("-\\d", "");
      for (Reply.Choice choice : answer.choices()) {
        if (!name.startsWith("free")) {
          assertThat(choice.reason()).as(choice.text()).isEqualTo(FinishReason.STOP);
          assertThat(SchemaSamples.faults(name, choice.text())).as(choice.text()).isEmpty();
        }
      }
      Reply.Finished alone = wholeAnswers(List.of(request)).get(request.id());
      assertThat(alone.choices())
          .extracting(Reply.Choice::text)
          .isEqualTo(answer.choices().stream().map(Reply.Choice::text).toList());
    }
  }

  @Test
  void greedyAnswer_isTheFreeOneWhereThatMatches() {
    SamplingParams printable =
        SamplingParams.GREEDY.withRules(
            TokenRules.NONE.withAllowedTokenIds(
                IntStream.rangeClosed(' ', '~').mapToObj(c -> encoded("" + (char) c)[0]).toList()));
    Reply.Finished free = answer(printable, OutputParams.TEXT.withLogprobs(0));

    GenerationRequest request =
        request("c", PROMPT, printable, TOKENS_ONLY, OutputParams.TEXT.withLogprobs(0));
    for (StructuredOutputs constraint :
        List.of(
            regex("[ -~]{24}"),
            regex("[ -~]*"),
            choice(List.of("no", free.text(), free.text().substring(3))))) {
      Reply.Finished constrained =
          answers(List.of(request.withFormat(ConstraintFields.of(constraint))), 512).get("c");
      assertThat(constrained.choices().get(0).logprobs())
          .isEqualTo(free.choices().get(0).logprobs());
      assertThat(constrained.text()).isEqualTo(free.text());
    }
  }

  @Test
  void completeAnswer_endsByItselfWithoutAFurtherToken() {
    Reply.Finished answer = constrained(regex("ab|cd"), TOKENS_ONLY, TokenRules.NONE);
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.text()).isIn("ab", "cd");
    assertThat(answer.usage().completionTokens()).isEqualTo(2);
  }

  @Test
  void answer_endsWhereItMayEndAndIsToldTo() {
    TokenRules ending = TokenRules.NONE.withAllowedTokenIds(List.of(eos(), encoded("a")[0]));
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).withMinTokens(5);
    Reply.Finished answer = constrained(regex("a{3,}"), stop, ending);
    assertThat(answer.text()).matches("a{5,}");
  }

  @Test
  void ignoredEnd_comesOnlyWhereNothingElseMay() {
    Reply.Finished open = constrained(regex("a*"), TOKENS_ONLY, TokenRules.NONE);
    assertThat(open.text()).isEqualTo("a".repeat(TOKENS));
    assertThat(open.reason()).isEqualTo(FinishReason.LENGTH);
    Reply.Finished closed = constrained(regex("(a{3})?"), TOKENS_ONLY, TokenRules.NONE);
    assertThat(closed.text()).isEqualTo("aaa");
    assertThat(closed.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void ruleForTokens_holdsUnlessNothingWouldBeLeft() {
    assertThat(
            constrained(
                    regex("[ab][cd]e"), TOKENS_ONLY, TokenRules.NONE.withBadWords("a", "c", "e"))
                .text())
        .isEqualTo("bde");
    List<Integer> allowed = List.of(encoded("b")[0], encoded("x")[0]);
    assertThat(
            constrained(
                    regex("[ab][cd]?b"), TOKENS_ONLY, TokenRules.NONE.withAllowedTokenIds(allowed))
                .text())
        .isEqualTo("bb");
    TokenRules forced = new TokenRules(0, List.of(eos()), Map.of());
    StopCriteria two = StopCriteria.MODEL_DEFAULTS.withMaxTokens(2);
    assertThat(constrained(regex("abc"), two, forced).text()).isEqualTo("ab");
    assertThat(constrained(regex("ab*"), two, forced).text()).isEqualTo("a");
  }

  @Test
  void stopString_endsAnAnswerThatIsNotComplete() {
    StopCriteria stop = TOKENS_ONLY.withStop("c");
    Reply.Finished answer = constrained(regex("abcde"), stop, TokenRules.NONE);
    assertThat(answer.text()).isEqualTo("ab");
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void rules_areObeyed() {
    StructuredOutputs grammar =
        new StructuredOutputs(
            null,
            null,
            List.of(),
            "root ::= item (\",\" item){2}\nitem ::= \"(\" root \")\" | [0-9]\n",
            null,
            null);
    for (int seed = 0; seed < 5; seed++) {
      GenerationRequest request =
          request("r", SHORT_PROMPT, drawn(seed), LONG, OutputParams.TEXT)
              .withFormat(ConstraintFields.of(grammar));
      String text = wholeAnswers(List.of(request)).get("r").text();
      Pattern innermost = Pattern.compile("\\(\\d,\\d,\\d\\)");
      while (innermost.matcher(text).find()) {
        text = innermost.matcher(text).replaceAll("0");
      }
      assertThat(text).matches("\\d,\\d,\\d");
    }
  }

  @Test
  void constraintThatCannotBeObeyed_isRefusedByTheNameOfItsField() {
    assertThatThrownBy(() -> constrained(regex("(a"), TOKENS_ONLY, TokenRules.NONE))
        .isInstanceOfSatisfying(
            Invalid.class, e -> assertThat(e.param()).isEqualTo("structured_outputs.regex"))
        .hasMessageStartingWith("structured_outputs.regex: ");
    assertThatThrownBy(
            () ->
                wholeAnswers(
                    List.of(
                        request("u", PROMPT, drawn(0), LONG, OutputParams.TEXT)
                            .withFormat(schema("{\"type\":\"array\",\"uniqueItems\":true}")))))
        .hasMessageContaining("uniqueItems");
  }

  private static Reply.Finished constrained(
      StructuredOutputs constraint, StopCriteria stop, TokenRules rules) {
    SamplingParams sampling = sampling(1, 1, 1, 5L, rules);
    GenerationRequest request =
        request("c", PROMPT, sampling, stop, OutputParams.TEXT)
            .withFormat(ConstraintFields.of(constraint));
    return answers(List.of(request), 512).get("c");
  }

  private static int eos() {
    return text.tokenizer().id("</s>").orElseThrow();
  }

  private static SamplingParams drawn(long seed) {
    return sampling(1, 1, 1, seed, TokenRules.NONE);
  }

  private static StructuredOutputs regex(String pattern) {
    return new StructuredOutputs(null, pattern, List.of(), null, null, null);
  }

  private static StructuredOutputs choice(List<String> texts) {
    return new StructuredOutputs(null, null, texts, null, null, null);
  }

  private static ConstraintFields schema(String schema) {
    return ConstraintFields.of(
        new StructuredOutputs(
            JsonMapper.shared().readTree(schema), null, List.of(), null, null, null));
  }

  private static Map<String, Reply.Finished> wholeAnswers(List<GenerationRequest> requests) {
    return whole(
        replies(requests, 64, PriorOutput.NONE, EngineLimits.of(512, null, 400, null, 16)));
  }
}
