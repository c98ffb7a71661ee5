/** The tokens of a model as bytes. */
@NullMarked
package io.millrace.grammar.token;

import org.jspecify.annotations.NullMarked;
