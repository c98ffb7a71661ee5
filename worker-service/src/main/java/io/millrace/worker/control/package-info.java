/**
 * The control messages of a worker: cancels and drains that it reads, and its own state that it
 * announces.
 */
@NullMarked
package io.millrace.worker.control;

import org.jspecify.annotations.NullMarked;
