/** vLLM's endpoints for the model's map between text and tokens, which a worker answers. */
@NullMarked
package io.millrace.api.tokenizer;

import org.jspecify.annotations.NullMarked;
