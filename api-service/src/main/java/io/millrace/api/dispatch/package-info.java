/**
 * Kafka as the api sees it: requests and cancels out, records of one partition in. The rest of the
 * api meets no Kafka client.
 */
@NullMarked
package io.millrace.api.dispatch;

import org.jspecify.annotations.NullMarked;
