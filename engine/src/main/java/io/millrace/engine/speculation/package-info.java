/**
 * Speculation without a draft model: tokens that may follow are looked up in what was written
 * before, and computed with the one that is known; the model's own draws decide which are right.
 */
@NullMarked
package io.millrace.engine.speculation;

import org.jspecify.annotations.NullMarked;
