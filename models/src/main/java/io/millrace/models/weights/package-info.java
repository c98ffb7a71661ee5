/**
 * Checkpoints on disk: safetensors, PyTorch archives and GGUF, all read as tensors under their
 * Hugging Face names. Files are mapped, never trusted: every length is checked before it is used.
 * {@link io.millrace.models.weights.ModelFiles} says which files make a model.
 */
@NullMarked
package io.millrace.models.weights;

import org.jspecify.annotations.NullMarked;
