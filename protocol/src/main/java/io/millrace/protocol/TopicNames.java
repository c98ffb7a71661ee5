package io.millrace.protocol;

import java.util.regex.Pattern;

/**
 * The names of the topics and share groups of one installation.
 *
 * @param prefix what they all begin with, {@code millrace.} unless set otherwise
 */
public record TopicNames(String prefix) {
  /** The prefix unless set otherwise. */
  public static final String DEFAULT_PREFIX = "millrace.";

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public TopicNames {
    requireLegal("topic prefix", prefix + "x");
  }

  /** Requests for one model and class: one partition, consumed by a share group. */
  public String requests(String model, RequestClass requestClass) {
    return prefix + "requests." + slug(model) + "." + requestClass.label();
  }

  /** The share group in which the workers of one model and class compete for requests. */
  public String workerGroup(String model, RequestClass requestClass) {
    return prefix + "workers." + slug(model) + "." + requestClass.label();
  }

  /** Events of answers; an api instance reads one partition of it. */
  public String replies() {
    return prefix + "replies";
  }

  /** {@link ControlMessage}s, read by every worker. */
  public String control() {
    return prefix + "control";
  }

  /** {@link WorkerState}s, compacted. */
  public String workers() {
    return prefix + "workers";
  }

  /** Requests that no worker could answer, with the reason. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /**
   * A served model's name as a part of a topic name: {@code org/name} becomes {@code org--name}.
   */
  public static String slug(String model) {
    String slug = model.replace("/", "--").replaceAll("[^A-Za-z0-9._-]", "-");
    return slug.length() <= 150 ? slug : slug.substring(0, 150);
  }

  static void requireLegal(String param, String topic) {
    if (!LEGAL.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new Invalid(
          param, "%s must be 1 to 249 of A-Z a-z 0-9 . _ -, but is \"%s\"".formatted(param, topic));
    }
  }
}
