package io.millrace.models.hub;

import java.io.IOException;

/** The removal of one model from a cache: what it would do, and doing it. */
public interface CacheRemoval {

  /**
   * Looks whether it can be done, and changes nothing.
   *
   * @throws IllegalArgumentException if the name stands for nothing there, or for several things
   * @throws IOException if the files lie elsewhere, or cannot be read
   */
  void check() throws IOException;

  /** What it removes, in a few words. */
  String what() throws IOException;

  /** What stays of the same repository, in a few words; empty for nothing. */
  String stays() throws IOException;

  /** The bytes that it frees. */
  long bytes() throws IOException;

  /**
   * Removes it.
   *
   * @return the bytes that are freed
   * @throws IOException if it is being downloaded, or something cannot be deleted
   */
  long run() throws IOException;
}
