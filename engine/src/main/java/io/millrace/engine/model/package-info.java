/**
 * The contract of a language model: its numbers, read from its configuration, and the interface of
 * a step. How a step is computed is left to the decoders.
 */
@NullMarked
package io.millrace.engine.model;

import org.jspecify.annotations.NullMarked;
