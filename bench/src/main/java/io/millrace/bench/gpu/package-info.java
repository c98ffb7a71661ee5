/**
 * The check of a GPU in a few minutes: whether it computes what it should, how fast, and how near
 * to what the device does at most.
 */
@NullMarked
package io.millrace.bench.gpu;

import org.jspecify.annotations.NullMarked;
