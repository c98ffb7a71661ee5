/** From flags and a model's name to an engine at work: options, model, text and templates. */
@NullMarked
package io.millrace.engine.start;

import org.jspecify.annotations.NullMarked;
