/** Grammars that are written as rules, as llama.cpp's GBNF and Lark have them. */
@NullMarked
package io.millrace.grammar.rule;

import org.jspecify.annotations.NullMarked;
