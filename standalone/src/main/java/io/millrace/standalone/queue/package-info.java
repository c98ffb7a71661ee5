/** What waits in Kafka and who works on it: the {@code queue} command. */
@NullMarked
package io.millrace.standalone.queue;

import org.jspecify.annotations.NullMarked;
