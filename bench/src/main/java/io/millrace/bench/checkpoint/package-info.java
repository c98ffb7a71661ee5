/** Checkpoints of random weights, to measure models that need not be had. */
@NullMarked
package io.millrace.bench.checkpoint;

import org.jspecify.annotations.NullMarked;
