/**
 * An NVIDIA GPU, reached by its driver's plain C interface: memory, kernels of CUDA C that are
 * compiled for it at start, multiplication of matrices, and graphs of launches. Nothing of it is
 * loaded before a GPU is asked for.
 */
@NullMarked
package io.millrace.engine.cuda;

import org.jspecify.annotations.NullMarked;
