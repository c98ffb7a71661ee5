package io.millrace.models.hub;

/** Who is told how far a long piece of work is. */
public interface Progress {

  /** A step that nobody hears of. */
  Step NOWHERE =
      new Step() {
        @Override
        public void advance(long bytes) {}

        @Override
        public void found(long bytes) {}

        @Override
        public void close() {}
      };

  /** Tells nobody. */
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
