/** A pushdown automaton over bytes: all ways to read what was said, at once. */
@NullMarked
package io.millrace.grammar.pushdown;

import org.jspecify.annotations.NullMarked;
