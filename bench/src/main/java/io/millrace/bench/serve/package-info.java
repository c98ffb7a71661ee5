/**
 * Load on an OpenAI-style server, and the figures that {@code vllm bench serve} prints: the same
 * words, the same keys, the same definitions.
 */
@NullMarked
package io.millrace.bench.serve;

import org.jspecify.annotations.NullMarked;
