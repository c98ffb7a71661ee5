package io.millrace.bench.soak;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The report of a soak run: its settings, samples and growth. */
record SoakReport(
    @JsonProperty("model") String model,
    @JsonProperty("device") String device,
    @JsonProperty("threads") int threads,
    @JsonProperty("batch") int batch,
    @JsonProperty("max_prompt_chars") int maxPrompt,
    @JsonProperty("max_answer_tokens") int maxAnswer,
    @JsonProperty("seed") long seed,
    @JsonProperty("samples") List<MemorySample> samples,
    @JsonProperty("growth") MemoryGrowth growth) {}
