package io.millrace.api.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationFieldsTest {
  private static final Prompt TEXT = new Prompt.Text("x");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'do_sample': false}",
        "{'do_sample': false, 'temperature': 0.7, 'top_p': 0.9}",
        "{'temperature': 0}",
        "{'temperature': 0, 'top_k': 5}",
        "{'do_sample': null}"
      })
  void requestThatDoesNotSample_isGreedy(String body) {
    SamplingParams sampling = GenerationFields.sampling(json(body));
    assertThat(sampling.temperature()).isZero();
    assertThat(sampling.topP()).isNull();
    assertThat(sampling.topK()).isNull();
  }

  @Test
  void doSample_bringsTheDefaultsOfTransformers() {
    SamplingParams sampling = GenerationFields.sampling(json("{'do_sample': true}"));
    assertThat(sampling.temperature()).isEqualTo(1.0);
    assertThat(sampling.topK()).isEqualTo(50);
    assertThat(sampling.repetitionPenalty()).isEqualTo(1.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'temperature': 0.7} | 0.7 | 50",
        "{'top_p': 0.9} | 1.0 | 50",
        "{'top_k': 5} | 1.0 | 5"
      })
  void requestThatSaysHowToSample_samples(String body, double temperature, int topK) {
    SamplingParams sampling = GenerationFields.sampling(json(body));
    assertThat(sampling.temperature()).isEqualTo(temperature);
    assertThat(sampling.topK()).isEqualTo(topK);
  }

  @Test
  void greedy_keepsPenaltiesAndSeed() {
    SamplingParams sampling =
        GenerationFields.sampling(json("{'repetition_penalty': 2, 'seed': 7}"));
    assertThat(sampling.repetitionPenalty()).isEqualTo(2.0);
    assertThat(sampling.seed()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'no_repeat_ngram_size': -1} | no_repeat_ngram_size",
        "{'no_repeat_ngram_size': 'x'} | no_repeat_ngram_size",
        "{'forced_eos_token_id': 'x'} | forced_eos_token_id",
        "{'do_sample': 'yes'} | do_sample",
        "{'temperature': '1'} | temperature"
      })
  void unsupportedAndWrongFields_areNamed(String body, String param) {
    assertThatThrownBy(() -> GenerationFields.sampling(json(body)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo(param))
        .hasMessageContaining(param);
  }

  @Test
  void rules_areTakenWithAndWithoutSampling() {
    String rules = "'no_repeat_ngram_size': 3, 'forced_eos_token_id': [2, 7]";
    for (String body : List.of("{" + rules + "}", "{'do_sample': true, " + rules + "}")) {
      assertThat(GenerationFields.sampling(json(body)).rules())
          .isEqualTo(new TokenRules(3, List.of(2, 7), Map.of()));
    }
  }

  @Test
  void n_isAtLeastOne() {
    assertThat(GenerationFields.output(json("{}"))).isEqualTo(OutputParams.TEXT);
    assertThat(GenerationFields.output(json("{'n': 3}")).n()).isEqualTo(3);
    assertThatThrownBy(() -> GenerationFields.output(json("{'n': 0}")))
        .hasMessage("n must be between 1 and 128, but is 0");
  }

  @Test
  void neutralValues_areAccepted() {
    SamplingParams sampling =
        GenerationFields.sampling(
            json(
                "{'num_beams': 1, 'n': 1, 'no_repeat_ngram_size': 0, 'forced_eos_token_id': null,"
                    + " 'early_stopping': false}"));
    assertThat(sampling.temperature()).isZero();
  }

  @Test
  void stop_collectsAllEnds() {
    StopCriteria stop =
        GenerationFields.stop(
            json(
                "{'max_new_tokens': 5, 'max_length': 99, 'stop': 'END', 'eos_token_id': [1, 2],"
                    + " 'stop_token_ids': [3], 'ignore_eos': true}"),
            TEXT);
    assertThat(stop)
        .isEqualTo(new StopCriteria(5, 0, List.of("END"), List.of(3, 1, 2), true).shortByDefault());
  }

  @Test
  void eosTokenId_mayBeOne() {
    assertThat(GenerationFields.stop(json("{'eos_token_id': 7}"), TEXT).stopTokenIds())
        .containsExactly(7);
  }

  @Test
  void maxLength_countsThePromptsTokens() {
    Prompt prompt = new Prompt.Tokens(List.of(1, 2, 3));
    assertThat(GenerationFields.stop(json("{'max_length': 10}"), prompt).maxTokens()).isEqualTo(7);
    assertThatThrownBy(() -> GenerationFields.stop(json("{'max_length': 3}"), prompt))
        .hasMessage("max_length must be at least 4, but is 3");
    Prompt two = new Prompt.Batch(List.of(prompt, prompt));
    for (Prompt uncounted : List.of(TEXT, two)) {
      assertThatThrownBy(() -> GenerationFields.stop(json("{'max_length': 10}"), uncounted))
          .hasMessageContaining("use max_new_tokens");
    }
  }

  @Test
  void maxNewTokens_isNamedAsTheClientDid() {
    assertThatThrownBy(() -> GenerationFields.stop(json("{'max_new_tokens': 0}"), TEXT))
        .hasMessage("max_new_tokens must be at least 1, but is 0");
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
