package io.millrace.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The names of the topics and share groups of one installation.
 *
 * @param prefix what they all begin with, {@code millrace.} unless set otherwise
 */
public record TopicNames(String prefix) {
  /** The prefix unless set otherwise. */
  public static final String DEFAULT_PREFIX = "millrace.";

  /** Hyphens alone and no slash beside another or beside a hyphen: a slug of it has no three. */
  private static final Pattern PLAIN_MODEL =
      Pattern.compile("-?[A-Za-z0-9._]+([-/][A-Za-z0-9._]+)*-?");

  private static final int LONGEST_SLUG = 150;
  private static final int DIGEST_BYTES = 8;

  /** What leaves room for any model's name in a topic's 249 characters. */
  public static final int LONGEST_PREFIX = 59;

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public TopicNames {
    requireLegal("topic prefix", prefix + "x".repeat(249 - LONGEST_PREFIX));
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

  /** Events of answers that are kept, those of jobs. */
  public String events() {
    return prefix + "events";
  }

  /** {@link JobRecord}s, compacted: what is known of each job. */
  public String results() {
    return prefix + "results";
  }

  /** {@link ControlMessage}s, read by every worker. */
  public String control() {
    return prefix + "control";
  }

  /** {@link WorkerState}s and {@link ReaderState}s, compacted. */
  public String workers() {
    return prefix + "workers";
  }

  /** Requests that no worker could answer, with the reason. */
  public String deadLetters() {
    return prefix + "dead-letters";
  }

  /**
   * A served model's name as a part of a topic name, which no other name has: {@code org/name}
   * becomes {@code org--name}; a name of which that would not be true, as it holds characters that
   * a topic cannot, is long, or has hyphens of its own there, ends in a digest of itself.
   */
  public static String slug(String model) {
    String slug = model.replace("/", "--").replaceAll("[^A-Za-z0-9._-]", "-");
    if (PLAIN_MODEL.matcher(model).matches() && slug.length() <= LONGEST_SLUG) {
      return slug;
    }
    String beginning = slug.substring(0, Math.min(LONGEST_SLUG, slug.length()));
    return beginning + "---" + digest(model);
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static void requireLegal(String param, String topic) {
    if (!LEGAL.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
      throw new Invalid(
          param,
          "%s must be 1 to 249 of A-Z a-z 0-9 . _ -, but is \"%s\""
              .formatted(param, Excerpt.of(topic)));
    }
  }
}
