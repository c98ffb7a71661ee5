package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.EngineThread.LoadedModel;
import io.millrace.engine.schedule.Policy;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.testing.TinyCheckpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for constrained answers on their way through the engine, whose model says "yes". */
final class ConstrainedRequestsTest {
  private static ModelText text;
  private static EngineThread engine;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    text = ModelText.load(TinyCheckpoint.llama().writeTo(folder));
    int[] script = text.tokenizer().encode("yes", false);
    int eos = text.tokenizer().id("</s>").orElseThrow();
    ScriptedModel model =
        new ScriptedModel(
            64,
            sequence ->
                sequence.numOutputTokens() < script.length
                    ? script[sequence.numOutputTokens()]
                    : eos);
    GenerationFactory factory =
        new GenerationFactory(
            text.tokenizer(),
            (prompt, params) -> text.tokenizer().encode("ask", true),
            SamplingParams.NONE,
            Set.of(eos),
            384,
            EngineLimits.of(64, null, null, null, 16));
    engine = EngineThread.start(() -> new LoadedModel(model, factory), Policy.mixed(16, 64), true);
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void answerThatIsComplete_endsWithoutTheModelsEnd() {
    RecordedAnswer answer = choice("yes", "no").await();
    assertThat(answer.text()).isEqualTo("yes");
    assertThat(answer.finished().reason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.finished().usage().completionTokens()).isEqualTo(3);
  }

  @Test
  void answerThatMayGoOn_endsWithTheModelsEnd() {
    RecordedAnswer answer = choice("yes", "yes, it is").await();
    assertThat(answer.text()).isEqualTo("yes");
    assertThat(answer.finished().usage().completionTokens()).isEqualTo(4);
  }

  @Test
  void constraintThatCannotBeObeyed_isRefusedByTheNameOfItsField() {
    ConstraintFields format = new ConstraintFields(null, null, null, "(a", List.of(), null);
    RecordedAnswer answer = submit("refused", format).await();
    assertThat(answer.failed().kind()).isEqualTo(FailureKind.INVALID);
    assertThat(answer.failed().param()).isEqualTo("guided_regex");
    assertThat(answer.failed().message()).startsWith("guided_regex: ");
  }

  @Test
  void failureOfOneConstraint_endsItsOwnAnswerAlone() {
    RecordedAnswer wrong = choice("no");
    RecordedAnswer right = choice("yes");
    assertThat(wrong.await().failed().kind()).isEqualTo(FailureKind.INTERNAL);
    assertThat(right.await().text()).isEqualTo("yes");
  }

  @Test
  void listener_hearsOfGrammarsAndMasks() {
    List<String> heard = new CopyOnWriteArrayList<>();
    engine.watch(
        new EngineListener() {
          @Override
          public void grammarFound() {
            heard.add("found");
          }

          @Override
          public void grammarCompiled(Duration time) {
            heard.add("compiled");
          }

          @Override
          public void maskFound(Duration time) {
            heard.add("mask");
          }
        });
    choice("yes", "new").await();
    engine.watch(EngineListener.NONE);
    choice("yes", "unheard").await();
    assertThat(heard.subList(0, 2)).containsExactly("compiled", "mask");
    assertThat(heard.stream().filter("mask"::equals)).hasSizeGreaterThanOrEqualTo(3);
    assertThat(heard).containsOnlyOnce("compiled").doesNotContain("found");
  }

  private static RecordedAnswer choice(String... texts) {
    ConstraintFields format = new ConstraintFields(null, null, null, null, List.of(texts), null);
    return submit(String.join("-", texts).replaceAll("[, ]", ""), format);
  }

  private static RecordedAnswer submit(String id, ConstraintFields format) {
    RecordedAnswer answer = new RecordedAnswer();
    engine.submit(
        RecordedAnswer.request(id, new Prompt.Text("ask"), StopCriteria.MODEL_DEFAULTS)
            .withFormat(format),
        answer::take);
    return answer;
  }
}
