/** The way through the queue, measured without a model: {@code bench queue}. */
@NullMarked
package io.millrace.standalone.bench;

import org.jspecify.annotations.NullMarked;
