/**
 * Kafka as the api sees it: requests and cancels out, the partition that replies come in by, and
 * whether the cluster answers. The rest of the api meets no Kafka client.
 */
@NullMarked
package io.millrace.api.dispatch;

import org.jspecify.annotations.NullMarked;
