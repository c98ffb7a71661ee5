/**
 * A run of chaos: an installation of separate processes that are killed, stopped and restarted
 * while clients of each kind ask, and whether any of them ever notices.
 */
@NullMarked
package io.millrace.endtoend.chaos;

import org.jspecify.annotations.NullMarked;
