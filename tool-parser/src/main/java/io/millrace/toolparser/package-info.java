/**
 * Tool calls and reasoning in the text of a model. {@link OutputFormat} finds out from a chat
 * template how its model writes them; {@link OutputParser} takes the text in pieces and gives typed
 * pieces; {@link CallSyntax} says what a grammar needs to force a call.
 */
@NullMarked
package io.millrace.toolparser;

import org.jspecify.annotations.NullMarked;
