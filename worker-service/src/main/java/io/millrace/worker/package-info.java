/** The worker: main, settings and the object graph of the engine. */
@NullMarked
package io.millrace.worker;

import org.jspecify.annotations.NullMarked;
