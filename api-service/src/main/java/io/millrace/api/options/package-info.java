/** The flags of the api. */
@NullMarked
package io.millrace.api.options;

import org.jspecify.annotations.NullMarked;
