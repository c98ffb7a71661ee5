/**
 * The command {@code render}: JSON lines of conversations in, JSON lines of prompts out, so that a
 * person or a script sees what a model is given.
 */
@NullMarked
package io.millrace.template.cli;

import org.jspecify.annotations.NullMarked;
