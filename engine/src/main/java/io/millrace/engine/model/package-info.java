/**
 * The decoder: a {@link io.millrace.engine.model.ModelSpec} of numbers, weights that never change,
 * a KV cache that the engine's thread owns, and a TorchScript program that computes a step in DJL's
 * PyTorch engine.
 */
@NullMarked
package io.millrace.engine.model;

import org.jspecify.annotations.NullMarked;
