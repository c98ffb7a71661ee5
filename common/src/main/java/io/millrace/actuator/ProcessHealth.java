package io.millrace.actuator;

/** The health of this process, asked by every probe. May not wait. */
public interface ProcessHealth {
  /** Whether the process should live on rather than be replaced. */
  Health liveness();

  /** Whether it can take requests. */
  Health readiness();
}
