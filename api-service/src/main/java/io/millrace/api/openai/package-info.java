/**
 * The endpoints of OpenAI's API, with vLLM's further fields. They share all but bodies and wording
 * with the seed's.
 */
@NullMarked
package io.millrace.api.openai;

import org.jspecify.annotations.NullMarked;
