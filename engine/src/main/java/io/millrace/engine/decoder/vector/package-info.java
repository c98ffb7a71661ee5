/**
 * Decoding of a few sequences in plain Java: packed weights, the threads that share them, attention
 * over the paged cache. Needs the module {@code jdk.incubator.vector}, and knows nothing of DJL.
 */
@NullMarked
package io.millrace.engine.decoder.vector;

import org.jspecify.annotations.NullMarked;
