/**
 * The plug into Jinjava: an interpreter with our own lexer, expression language and values, put in
 * place of Jinjava's by {@code JinjavaConfig.withInterperterFactory}.
 */
@NullMarked
package io.millrace.template.interpreter;

import org.jspecify.annotations.NullMarked;
