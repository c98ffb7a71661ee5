/**
 * How models write calls: a {@link CallReader} for each notation, which reads an {@link Input} and
 * tells a {@link CallSink} what it finds.
 */
@NullMarked
package io.millrace.toolparser.call;

import org.jspecify.annotations.NullMarked;
