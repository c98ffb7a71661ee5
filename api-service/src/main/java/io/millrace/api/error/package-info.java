/**
 * What a client is told when there is no answer, in the shape that OpenAI's clients read. Every
 * endpoint fails through here.
 */
@NullMarked
package io.millrace.api.error;

import org.jspecify.annotations.NullMarked;
