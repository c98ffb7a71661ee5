/**
 * OpenAI's batches: files of requests that are answered as jobs of the batch class, each by one api
 * at a time.
 */
@NullMarked
package io.millrace.api.batches;

import org.jspecify.annotations.NullMarked;
