/** From a checkpoint to a running model: which decoders, how big a cache, and the weights' way. */
@NullMarked
package io.millrace.engine.load;

import org.jspecify.annotations.NullMarked;
