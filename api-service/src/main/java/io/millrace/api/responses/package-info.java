/**
 * OpenAI's Responses API: items in, items and named events out. Nothing is stored, so that what
 * refers to an earlier response is refused.
 */
@NullMarked
package io.millrace.api.responses;

import org.jspecify.annotations.NullMarked;
