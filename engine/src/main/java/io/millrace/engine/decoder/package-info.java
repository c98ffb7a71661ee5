/**
 * The decoders of a decoder-only transformer: the input and the output of a step, the interface
 * that every decoder implements, and the forward pass that those written in Java share. Each
 * implementation is a package below.
 */
@NullMarked
package io.millrace.engine.decoder;

import org.jspecify.annotations.NullMarked;
