/**
 * Jobs over HTTP: questions whose answers are kept, read whole or as events by whoever knows their
 * ids, at any api.
 */
@NullMarked
package io.millrace.api.jobs;

import org.jspecify.annotations.NullMarked;
