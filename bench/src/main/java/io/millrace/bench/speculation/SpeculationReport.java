package io.millrace.bench.speculation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report on all sets of prompts.
 *
 * @param copying geometric mean of the ratios of sets whose answers copy
 * @param least least ratio of the others
 */
record SpeculationReport(
    @JsonProperty("model") String model,
    @JsonProperty("streams") int streams,
    @JsonProperty("max_tokens") int maxTokens,
    @JsonProperty("rounds") int rounds,
    @JsonProperty("copying_ratio") double copying,
    @JsonProperty("least_other_ratio") double least,
    @JsonProperty("results") List<SpeculationResult> results) {

  static SpeculationReport of(
      String model, int streams, int maxTokens, int rounds, List<SpeculationResult> results) {
    double logs =
        results.stream()
            .filter(SpeculationResult::copies)
            .mapToDouble(result -> Math.log(result.ratio()))
            .average()
            .orElse(0);
    double least =
        results.stream()
            .filter(result -> !result.copies())
            .mapToDouble(SpeculationResult::ratio)
            .min()
            .orElse(1);
    return new SpeculationReport(model, streams, maxTokens, rounds, Math.exp(logs), least, results);
  }

  @Override
  public String toString() {
    String end =
        String.format(
            Locale.ROOT, "where answers copy %.2f, elsewhere at least %.2f", copying, least);
    return Stream.concat(
            Stream.concat(Stream.of(SpeculationResult.HEADER), results.stream()), Stream.of(end))
        .map(Object::toString)
        .collect(Collectors.joining("\n"));
  }
}
