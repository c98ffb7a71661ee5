/**
 * Who is let into the queue, and when: the admission queue before Kafka, in which tenants are
 * served in fair order, and what a request may expect to wait.
 */
@NullMarked
package io.millrace.api.admission;

import org.jspecify.annotations.NullMarked;
