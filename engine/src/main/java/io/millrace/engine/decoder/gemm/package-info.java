/**
 * Decodes with multiplications of matrices in bfloat16, prompts and many sequences at once. Their
 * operands lie in native memory; everything between them is Java's.
 */
@NullMarked
package io.millrace.engine.decoder.gemm;

import org.jspecify.annotations.NullMarked;
