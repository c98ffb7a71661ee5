/** The engine by itself: prompts and answers a second, at given batch sizes and contexts. */
@NullMarked
package io.millrace.bench.engine;

import org.jspecify.annotations.NullMarked;
