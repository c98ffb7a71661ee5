/** Answers that must match something: grammars compiled and kept, and masks found meanwhile. */
@NullMarked
package io.millrace.engine.constraint;

import org.jspecify.annotations.NullMarked;
