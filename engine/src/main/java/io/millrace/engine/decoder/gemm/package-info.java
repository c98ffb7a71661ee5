/**
 * The decoder for any step, bound by arithmetic: matrices in native memory that a GEMM in bfloat16
 * multiplies panel by panel, and attention by the same GEMM where the cache's blocks lie.
 */
@NullMarked
package io.millrace.engine.decoder.gemm;

import org.jspecify.annotations.NullMarked;
