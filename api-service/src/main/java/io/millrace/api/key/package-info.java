/** The door of the API's paths: who has a key may ask. */
@NullMarked
package io.millrace.api.key;

import org.jspecify.annotations.NullMarked;
