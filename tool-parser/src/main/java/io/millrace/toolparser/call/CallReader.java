package io.millrace.toolparser.call;

/** Reads one or more calls in the notation of a model, from after the text that begins them. */
public interface CallReader {
  /** What became of a step. */
  enum Step {
    /** Something was read; there is more to do. */
    NEXT,
    /** Only more text can tell. */
    WAIT,
    /** The calls end here. */
    DONE,
    /** This is no call, or goes on as none. */
    BROKEN
  }

  /** Reads on. The input may be empty. */
  Step step(Input in, CallSink sink);
}
