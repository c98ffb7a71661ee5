package io.millrace.bench.grammar;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of the schemas of a file.
 *
 * @param schemas how many there are
 * @param passing those that compile and whose documents all come out right
 * @param compileErrors those that are refused
 * @param validationErrors those of which a valid document is refused
 * @param invalidationErrors those of which an invalid document is accepted
 * @param mask of one mask
 * @param compile of one schema
 */
record GrammarReport(
    int schemas,
    int passing,
    @JsonProperty("compile_errors") int compileErrors,
    @JsonProperty("validation_errors") int validationErrors,
    @JsonProperty("invalidation_errors") int invalidationErrors,
    @JsonProperty("mask_us") Microseconds mask,
    @JsonProperty("compile_us") Microseconds compile) {}
