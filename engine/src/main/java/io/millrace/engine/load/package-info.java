/**
 * Loading a checkpoint as a running model: the plan of decoders and cache, and the weights' way.
 */
@NullMarked
package io.millrace.engine.load;

import org.jspecify.annotations.NullMarked;
