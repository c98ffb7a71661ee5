/** The engine over many requests: whether its memory stays where it is. */
@NullMarked
package io.millrace.bench.soak;

import org.jspecify.annotations.NullMarked;
