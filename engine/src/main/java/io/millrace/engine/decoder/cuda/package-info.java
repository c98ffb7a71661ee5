/**
 * The decoder of kernels of our own for NVIDIA GPUs: CUDA C in resources, compiled for the device
 * at start. Weights, cache and logits lie on the device; a step sends it a few numbers, and gets
 * the likeliest tokens back, or the logits of rows that are drawn. The steps in which every
 * sequence has one token are graphs, launched as a whole.
 */
@NullMarked
package io.millrace.engine.decoder.cuda;

import org.jspecify.annotations.NullMarked;
