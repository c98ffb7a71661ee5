/** What pages of other origins may ask. */
@NullMarked
package io.millrace.api.cors;

import org.jspecify.annotations.NullMarked;
