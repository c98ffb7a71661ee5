/** Tests across processes: broker, api and workers as they are in production, asked over HTTP. */
@NullMarked
package io.millrace.endtoend;

import org.jspecify.annotations.NullMarked;
