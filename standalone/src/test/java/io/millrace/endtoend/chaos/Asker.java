package io.millrace.endtoend.chaos;

import java.util.Locale;

/** The kinds of clients. */
enum Asker {
  /** Reads server-sent events, and goes on with {@code Last-Event-ID} at any api. */
  STREAM,
  /** Submits jobs to any api, and asks any for their end. */
  JOB,
  /** Writes requests into Kafka and reads replies from a topic of its own. */
  PROGRAM;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
