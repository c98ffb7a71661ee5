/**
 * Who asks: tenants, the keys by which they are known, and what each may ask for. Knows nothing of
 * HTTP and Kafka.
 */
@NullMarked
package io.millrace.api.tenant;

import org.jspecify.annotations.NullMarked;
