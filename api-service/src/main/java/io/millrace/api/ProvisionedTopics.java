package io.millrace.api;

/**
 * The topics of the configured model, as the start has found or made them.
 *
 * @param each how many there are of each class
 */
record ProvisionedTopics(int each) {}
