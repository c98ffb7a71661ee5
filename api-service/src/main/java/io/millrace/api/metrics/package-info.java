/** What is counted and timed, under vLLM's names. Served as Prometheus text. */
@NullMarked
package io.millrace.api.metrics;

import org.jspecify.annotations.NullMarked;
