/**
 * Text to token ids and back. Everything a model folder or GGUF file says about text is read here;
 * what it says about weights is not.
 */
@NullMarked
package io.millrace.models.text;

import org.jspecify.annotations.NullMarked;
