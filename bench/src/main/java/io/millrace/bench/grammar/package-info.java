/**
 * The {@code bench grammar} command: JSON Schemas compiled and obeyed, without a model's answers.
 */
@NullMarked
package io.millrace.bench.grammar;

import org.jspecify.annotations.NullMarked;
