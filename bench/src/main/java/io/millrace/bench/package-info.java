/** The {@code millrace bench} command: how fast an engine is by itself, and a server over HTTP. */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
