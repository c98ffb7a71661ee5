/**
 * From a model's name to files on this machine: a path, Hugging Face's cache, the hub itself, and
 * for one small model the package index of Python. What the files hold is not looked at here;
 * {@link io.millrace.models.weights.ModelFiles} says which of them make a model.
 */
@NullMarked
package io.millrace.models.hub;

import org.jspecify.annotations.NullMarked;
