/** Meters that api and worker have in common. */
@NullMarked
package io.millrace.metrics;

import org.jspecify.annotations.NullMarked;
