package io.millrace.protocol;

/** What everybody on the control topic is told. */
public sealed interface ControlMessage {

  /** Nobody waits for this answer any more: drop it from queue and batch. */
  record Cancel(String id, String why) implements ControlMessage {}

  /** The named worker finishes what it has and takes no more. */
  record Drain(String worker) implements ControlMessage {}
}
