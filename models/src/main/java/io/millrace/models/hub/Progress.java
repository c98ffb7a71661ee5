package io.millrace.models.hub;

/** A listener to the progress of long work, such as a download. */
public interface Progress {

  /** Ignores all progress of one piece of work. */
  Step NOWHERE =
      new Step() {
        @Override
        public void advance(long bytes) {}

        @Override
        public void found(long bytes) {}

        @Override
        public void close() {}
      };

  /** Ignores all progress. */
  Progress NONE = (what, totalBytes) -> NOWHERE;

  /**
   * Begins a piece of work.
   *
   * @param what such as {@code downloading org/name}
   * @param totalBytes 0 if it is not known
   */
  Step begin(String what, long totalBytes);

  /** One piece of work. Belongs to one thread. */
  interface Step extends AutoCloseable {

    /** So many bytes more are done; 0 says that it still goes on. */
    void advance(long bytes);

    /** So many bytes were done already; they do not count for the speed. */
    void found(long bytes);

    /** Ends the work, done or not. */
    @Override
    void close();
  }
}
