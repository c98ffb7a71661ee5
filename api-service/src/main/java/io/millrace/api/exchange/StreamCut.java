package io.millrace.api.exchange;

/**
 * The end of a stream's connection before the end of the stream, as its client can go on with it
 * elsewhere, or does so already.
 */
public final class StreamCut extends RuntimeException {
  public StreamCut() {
    super("the stream is cut", null, false, false);
  }
}
