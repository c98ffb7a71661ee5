/** Regular expressions as people write them, and characters as bytes. */
@NullMarked
package io.millrace.grammar.pattern;

import org.jspecify.annotations.NullMarked;
