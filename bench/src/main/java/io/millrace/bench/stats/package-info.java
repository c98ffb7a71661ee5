/** Arithmetic of measurements. */
@NullMarked
package io.millrace.bench.stats;

import org.jspecify.annotations.NullMarked;
