package io.millrace.bench.engine;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The result at one batch size and context.
 *
 * @param prefill prompt tokens a second, the median of all runs
 * @param decode answer tokens a second of the whole batch, the median of all runs
 * @param decodeP10 the same of single steps: nine of ten are faster
 * @param decodeP90 one of ten is faster
 * @param stepMillis the median time of a decode step
 * @param hostShare the part of decode steps that is not spent in native code, 0 to 1
 */
public record EngineResult(
    @JsonProperty("batch") int batch,
    @JsonProperty("context") int context,
    @JsonProperty("prefill_tokens_per_second") double prefill,
    @JsonProperty("decode_tokens_per_second") double decode,
    @JsonProperty("decode_p10_tokens_per_second") double decodeP10,
    @JsonProperty("decode_p90_tokens_per_second") double decodeP90,
    @JsonProperty("step_ms") double stepMillis,
    @JsonProperty("host_share") double hostShare) {}
