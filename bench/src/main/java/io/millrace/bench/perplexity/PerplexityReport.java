package io.millrace.bench.perplexity;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The report on a precision, compared with float32 over a text.
 *
 * @param tokens positions compared
 * @param meanDivergence Kullback-Leibler divergence of the next-token distributions, float32's from
 *     the other, in nats
 * @param p99Divergence the same, exceeded at one position in a hundred
 * @param equalTop share of positions where both expect the same token most
 */
public record PerplexityReport(
    @JsonProperty("tokens") int tokens,
    @JsonProperty("reference_perplexity") double referencePerplexity,
    @JsonProperty("perplexity") double perplexity,
    @JsonProperty("mean_kl") double meanDivergence,
    @JsonProperty("p99_kl") double p99Divergence,
    @JsonProperty("equal_top") double equalTop) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        tokens                %d
        perplexity            %.4f
        perplexity in fp32    %.4f
        mean KL divergence    %.6f
        p99 KL divergence     %.6f
        equal top tokens      %.2f %%""",
        tokens,
        perplexity,
        referencePerplexity,
        meanDivergence,
        p99Divergence,
        100 * equalTop);
  }
}
