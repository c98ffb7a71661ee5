/**
 * How far a precision strays from float32: both read a text, and their distributions of the next
 * token are compared. What kernels and quantisation cost is measured here, not believed.
 */
@NullMarked
package io.millrace.bench.perplexity;

import org.jspecify.annotations.NullMarked;
