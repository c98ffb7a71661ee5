/**
 * The decoder for few sequences, bound by how fast weights are read: packed matrices on Java's heap
 * and attention over few rows, both with vectors.
 */
@NullMarked
package io.millrace.engine.decoder.vector;

import org.jspecify.annotations.NullMarked;
