package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.StructuredOutputs;
import io.millrace.protocol.TokenRules;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reasoning that comes to its end, from a model that says anything, a byte or a word a token. */
final class ReasoningBudgetTest extends WholeAnswers {
  private static final OutputFormat THINK = new OutputFormat(null, ReasoningTags.THINK, List.of());

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9})
  void reasoningThatIsOpen_endsWhenItsBudgetIsSpent(int budget) {
    Reply.Choice answer = answer("<think>\n", budget, ConstraintFields.TEXT);

    assertThat(answer.tokenIds().subList(budget, budget + end().size())).isEqualTo(end());
    assertThat(answer.tokenIds()).hasSize(40);
    assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void budgetIsOfReasoningAlone() {
    Reply.Choice answer = answer("", 0, ConstraintFields.TEXT);

    assertThat(answer.tokenIds().subList(0, end().size())).isNotEqualTo(end());
  }

  @Test
  void constraint_holdsBehindTheReasoning() {
    ConstraintFields regex =
        ConstraintFields.of(new StructuredOutputs(null, "yes|no", List.of(), null, null, null));
    Reply.Choice answer = answer("<think>\n", 5, regex);

    assertThat(answer.said().text()).isIn("yes", "no");
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void modelThatDoesNotReason_refusesABudget() {
    assertThatThrownBy(() -> replies(5, "", OutputFormat.TEXT, ConstraintFields.TEXT))
        .isInstanceOfSatisfying(
            Invalid.class, e -> assertThat(e.param()).isEqualTo("thinking_token_budget"));
  }

  private static List<Integer> end() {
    return Arrays.stream(encoded(ReasoningTags.THINK.end())).boxed().toList();
  }

  private static Reply.Choice answer(String begun, int budget, ConstraintFields constraint) {
    return whole(replies(budget, begun, THINK, constraint)).get("a").choices().get(0);
  }

  private static List<Reply> replies(
      int budget, String begun, OutputFormat format, ConstraintFields constraint) {
    Prompt.Chat chat =
        new Prompt.Chat(
            List.of(Map.of("role", "user", "content", "hi")),
            true,
            null,
            Map.of(),
            false,
            null,
            null,
            null,
            null,
            null,
            budget);
    GenerationRequest request =
        request(
                "a",
                chat,
                sampling(1, 1, 1, 3L, TokenRules.NONE),
                StopCriteria.MODEL_DEFAULTS.withMaxTokens(40).ignoringEos(),
                OutputParams.TEXT)
            .withFormat(constraint);
    PromptEncoder encoder = encoder("hi" + begun, format);
    return replies(
        List.of(request), 64, PriorOutput.NONE, EngineLimits.of(128, null, 64, null, 4), encoder);
  }
}
