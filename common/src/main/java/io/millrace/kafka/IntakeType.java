package io.millrace.kafka;

/** How workers take requests, as a flag says it. */
public enum IntakeType {
  /** By share groups where the cluster has them. */
  AUTO,
  /** By share groups. */
  SHARE,
  /** By classic consumer groups. */
  CLASSIC
}
