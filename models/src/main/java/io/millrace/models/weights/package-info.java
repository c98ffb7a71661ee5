/**
 * Checkpoints on disk: safetensors, PyTorch archives and GGUF, all read as tensors under their
 * Hugging Face names. Files are mapped, never trusted: every length is checked before it is used.
 * Which files make a model is known by {@link io.millrace.models.weights.ModelFiles}.
 */
@NullMarked
package io.millrace.models.weights;

import org.jspecify.annotations.NullMarked;
