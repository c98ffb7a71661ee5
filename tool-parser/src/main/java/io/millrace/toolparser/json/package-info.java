/** JSON as characters: read while it comes, and written from other notations. */
@NullMarked
package io.millrace.toolparser.json;

import org.jspecify.annotations.NullMarked;
