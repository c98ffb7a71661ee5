package io.millrace.engine.cuda;

/** A failure of a GPU or of its libraries, in one line. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CudaException(String message) {
    super(message);
  }
}
