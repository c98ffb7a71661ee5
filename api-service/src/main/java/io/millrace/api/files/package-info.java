/**
 * OpenAI's files: what clients upload for batches, and what batches give back, on a directory that
 * the apis of an installation share.
 */
@NullMarked
package io.millrace.api.files;

import org.jspecify.annotations.NullMarked;
