/** The callbacks of jobs: whoever asked is told of the end, signed, and again until it is taken. */
@NullMarked
package io.millrace.api.callback;

import org.jspecify.annotations.NullMarked;
