/** One process for a laptop: embedded broker, api and worker, and the millrace command. */
@NullMarked
package io.millrace.standalone;

import org.jspecify.annotations.NullMarked;
