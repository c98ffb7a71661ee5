package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.speculation.DraftModelSpeculation;
import io.millrace.engine.speculation.DraftModelSpeculation.DraftSampling;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.SpeculationSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

final class SpeculationConverterTest {

  @Test
  void whatIsMissing_isVllms() {
    assertThat(converted("{'method':'ngram','num_speculative_tokens':6}"))
        .isEqualTo(new NgramSpeculation(6, 5, 5, 8));
    assertThat(converted("{'method':'ngram','num_speculative_tokens':6,'prompt_lookup_max':4}"))
        .isEqualTo(new NgramSpeculation(6, 4, 4, 8));
    assertThat(converted("{'method':'ngram','num_speculative_tokens':6,'prompt_lookup_min':3}"))
        .isEqualTo(new NgramSpeculation(6, 3, 3, 8));
    assertThat(
            converted(
                "{'method':'ngram','num_speculative_tokens':6,'prompt_lookup_max':4,"
                    + "'prompt_lookup_min':2,'disable_by_batch_size':3}"))
        .isEqualTo(new NgramSpeculation(6, 4, 2, 3));
  }

  @Test
  void draftModel_isNamedByMethodOrModel() {
    DraftModelSpeculation expected =
        new DraftModelSpeculation("m", 5, 8, DraftSampling.PROBABILISTIC);
    assertThat(converted("{'method':'draft_model','model':'m','num_speculative_tokens':5}"))
        .isEqualTo(expected);
    assertThat(converted("{'model':'m','num_speculative_tokens':5,'draft_tensor_parallel_size':1}"))
        .isEqualTo(expected);
    assertThat(
            converted(
                "{'model':'org/name@rev','num_speculative_tokens':3,'disable_by_batch_size':2,"
                    + "'draft_sample_method':'greedy'}"))
        .isEqualTo(new DraftModelSpeculation("org/name@rev", 3, 2, DraftSampling.GREEDY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ngram | must be a JSON object, but is ngram",
        "[] | must be a JSON object, but is []",
        "{'method':'ngram'} | must have num_speculative_tokens",
        "{'num_speculative_tokens':3} | must have the method \"ngram\" or \"draft_model\", but has none",
        "{'method':'eagle'} | must have the method \"ngram\" or \"draft_model\", but has \"eagle\"",
        "{'method':'ngram','num_speculative_tokens':'3'}"
            + " | must have a whole number as num_speculative_tokens, but has \"3\"",
        "{'method':'ngram','num_speculative_tokens':2.5}"
            + " | must have a whole number as num_speculative_tokens, but has 2.5",
        "{'method':'ngram','num_speculative_tokens':3,'prompt_lookup_max':0}"
            + " | prompt_lookup_max must be between 1 and 64, but is 0",
        "{'method':'ngram','model':'m'} | has the unknown key model; known are method,"
            + " num_speculative_tokens, prompt_lookup_max, prompt_lookup_min, disable_by_batch_size",
        "{'method':'draft_model','num_speculative_tokens':3}"
            + " | must have a model, which is a folder, a file or a model card, but has none",
        "{'model':7,'num_speculative_tokens':3}"
            + " | must have a model, which is a folder, a file or a model card, but has 7",
        "{'model':'','num_speculative_tokens':3}"
            + " | model must be a folder, a file or a model card",
        "{'model':'m'} | must have num_speculative_tokens",
        "{'model':'m','num_speculative_tokens':65}"
            + " | num_speculative_tokens must be between 1 and 64, but is 65",
        "{'model':'m','num_speculative_tokens':3,'draft_tensor_parallel_size':2}"
            + " | must have 1 as draft_tensor_parallel_size, as a model is on one device, but has 2",
        "{'model':'m','num_speculative_tokens':3,'draft_sample_method':'best'}"
            + " | must have \"greedy\" or \"probabilistic\" as draft_sample_method, but has \"best\"",
        "{'model':'m','num_speculative_tokens':3,'quantization':'awq'} | has the unknown key"
            + " quantization; known are method, model, num_speculative_tokens,"
            + " disable_by_batch_size, draft_sample_method, draft_tensor_parallel_size",
        "{'method':'ngram','method':'ngram'} | must be a JSON object, but is"
            + " {\"method\":\"ngram\",\"method\":\"ngram\"}",
      })
  void whatCannotBeObeyed_isRefused(String config, String message) {
    assertThatThrownBy(() -> converted(config))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(message);
  }

  private static SpeculationSettings converted(String config) {
    return new SpeculationConverter().convert(config.replace('\'', '"'));
  }
}
