package io.millrace.protocol;

/**
 * The place of a record in Kafka.
 *
 * @param topic its topic
 * @param partition of the topic
 * @param offset in the partition
 */
public record RecordPlace(@Required String topic, @Required int partition, @Required long offset) {}
