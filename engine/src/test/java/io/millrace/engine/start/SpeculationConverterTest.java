package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.speculation.NgramSpeculation;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ngram | must be a JSON object, but is ngram",
        "[] | must be a JSON object, but is []",
        "{'method':'ngram'} | must have num_speculative_tokens",
        "{'num_speculative_tokens':3} | must have the method \"ngram\", but has none",
        "{'method':'eagle'} | must have the method \"ngram\", but has \"eagle\"",
        "{'method':'ngram','num_speculative_tokens':'3'}"
            + " | must have a whole number as num_speculative_tokens, but has \"3\"",
        "{'method':'ngram','num_speculative_tokens':2.5}"
            + " | must have a whole number as num_speculative_tokens, but has 2.5",
        "{'method':'ngram','num_speculative_tokens':3,'prompt_lookup_max':0}"
            + " | prompt_lookup_max must be between 1 and 64, but is 0",
        "{'method':'ngram','model':'m'} | has the unknown key model; known are method,"
            + " num_speculative_tokens, prompt_lookup_max, prompt_lookup_min, disable_by_batch_size",
        "{'method':'ngram','method':'ngram'} | must be a JSON object, but is"
            + " {\"method\":\"ngram\",\"method\":\"ngram\"}",
      })
  void whatCannotBeObeyed_isRefused(String config, String message) {
    assertThatThrownBy(() -> converted(config))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(message);
  }

  private static NgramSpeculation converted(String config) {
    return new SpeculationConverter().convert(config.replace('\'', '"'));
  }
}
