/** Why a grammar is refused. */
@NullMarked
package io.millrace.grammar.error;

import org.jspecify.annotations.NullMarked;
