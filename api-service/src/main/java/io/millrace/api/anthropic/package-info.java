/**
 * Anthropic's Messages API: messages with blocks of text in, a message or named events out, and
 * errors in its own shape.
 */
@NullMarked
package io.millrace.api.anthropic;

import org.jspecify.annotations.NullMarked;
