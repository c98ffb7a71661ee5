/**
 * Template text to tokens by the rules of Jinja2 3.1's lexer (jinja2.lexer) with {@code
 * trim_blocks} and {@code lstrip_blocks} on, which decide about every blank and newline of a
 * prompt. What lies between tags is a token of its own; comments and raw markers are gone.
 */
@NullMarked
package io.millrace.template.lexer;

import org.jspecify.annotations.NullMarked;
