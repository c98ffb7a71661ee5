/** The commands that talk to a model: a chat in a terminal, and one question. */
@NullMarked
package io.millrace.standalone.chat;

import org.jspecify.annotations.NullMarked;
