/** The engine: one thread that plans a step, runs the model, samples, and hands out the text. */
@NullMarked
package io.millrace.engine;

import org.jspecify.annotations.NullMarked;
