/**
 * JSON Schemas as grammars. A schema is read into a {@link io.millrace.grammar.schema.Formula},
 * which may be joined and negated; what may stand at a place of a document is brought into
 * alternatives, each of which can be followed from left to right.
 */
@NullMarked
package io.millrace.grammar.schema;

import org.jspecify.annotations.NullMarked;
