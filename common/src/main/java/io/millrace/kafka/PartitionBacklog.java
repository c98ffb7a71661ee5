package io.millrace.kafka;

/**
 * The backlog of a worker group in one partition of requests.
 *
 * @param start the offset before which everything is finished
 * @param end the offset after the last request
 * @param unfinished how many requests no member has finished, queued or held
 * @param begun how many of these were begun, where the group tells; otherwise 0
 */
public record PartitionBacklog(long start, long end, long unfinished, long begun) {}
