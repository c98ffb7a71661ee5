/** The start of an engine from flags and a model's name: options, model, text and templates. */
@NullMarked
package io.millrace.engine.start;

import org.jspecify.annotations.NullMarked;
