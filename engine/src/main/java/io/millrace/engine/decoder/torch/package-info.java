/**
 * The decoder as a TorchScript program that DJL runs, on a CPU or a GPU, and what libtorch does for
 * all decoders: it keeps the KV cache, reads the embedding, and samples.
 */
@NullMarked
package io.millrace.engine.decoder.torch;

import org.jspecify.annotations.NullMarked;
