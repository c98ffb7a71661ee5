/**
 * From a model's name to files on this machine: a path, Hugging Face's cache, the hub itself, and
 * for the default model the package index of Python. What the files hold is none of its business.
 */
@NullMarked
package io.millrace.models.hub;

import org.jspecify.annotations.NullMarked;
