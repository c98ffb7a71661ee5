/**
 * Speculation: tokens that may follow are looked up in what was written before, or guessed by a
 * smaller model, and computed with the one that is known; the model's own draws decide which are
 * right.
 */
@NullMarked
package io.millrace.engine.speculation;

import org.jspecify.annotations.NullMarked;
