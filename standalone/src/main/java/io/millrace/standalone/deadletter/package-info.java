/** Requests that no worker could answer: the {@code dead-letters} command. */
@NullMarked
package io.millrace.standalone.deadletter;

import org.jspecify.annotations.NullMarked;
