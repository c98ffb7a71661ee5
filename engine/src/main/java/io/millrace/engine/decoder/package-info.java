/**
 * Running a decoder-only transformer for planned steps: what a step is, what a decoder takes and
 * gives, and the forward pass that the decoders written in Java share. Each way to compute is a
 * package below.
 */
@NullMarked
package io.millrace.engine.decoder;

import org.jspecify.annotations.NullMarked;
