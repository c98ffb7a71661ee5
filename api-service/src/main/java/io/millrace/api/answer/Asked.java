package io.millrace.api.answer;

/**
 * An inquiry as it came over HTTP.
 *
 * @param names that its client has for its fields
 * @param last the last event of its stream that the client has had
 * @param resumed whether it goes on with a stream
 */
record Asked(Inquiry inquiry, SentNames names, EventId last, boolean resumed) {}
