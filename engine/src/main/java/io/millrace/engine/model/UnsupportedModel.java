package io.millrace.engine.model;

/** A model that cannot be run, in one line that says what it has and what is supported. */
public final class UnsupportedModel extends RuntimeException {
  public UnsupportedModel(String message) {
    super(message);
  }
}
