/**
 * What a language model is to whoever drives it: its numbers, read from its configuration, and the
 * contract of a step. How a step is computed is not told here.
 */
@NullMarked
package io.millrace.engine.model;

import org.jspecify.annotations.NullMarked;
