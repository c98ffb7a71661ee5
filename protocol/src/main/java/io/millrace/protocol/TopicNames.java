package io.millrace.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The names of the topics and groups of one installation.
 *
 * @param prefix what they all begin with, {@code millrace.} unless set otherwise
 */
public record TopicNames(String prefix) {
  /** The prefix unless set otherwise. */
  public static final String DEFAULT_PREFIX = "millrace.";

  private static final String REQUESTS = "requests.";
  private static final String CLASSIC = ".classic";

  /** Hyphens alone and no slash beside another or beside a hyphen: a slug of it has no three. */
  private static final Pattern PLAIN_MODEL =
      Pattern.compile("-?[A-Za-z0-9._]+([-/][A-Za-z0-9._]+)*-?");

  private static final Pattern ILLEGAL = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int LONGEST_SLUG = 150;
  private static final int DIGEST_BYTES = 8;

  /** What leaves room for any model's name in a topic's 249 characters. */
  public static final int LONGEST_PREFIX = 56;

  /** How many topics the requests of a model and class may be spread over. */
  public static final int MOST_REQUEST_TOPICS = 16;

  private static final Pattern NUMBER = Pattern.compile("(.+)\\.([1-9][0-9]?)");

  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,249}");

  public TopicNames {
    requireLegal("topic prefix", prefix + "x".repeat(249 - LONGEST_PREFIX));
  }

  /** Requests for one model and class, which the workers of a group share. */
  public String requests(String model, RequestClass requestClass) {
    return requests(RequestTopic.of(model, requestClass));
  }

  /** The topic of which {@link #parse} says that. */
  public String requests(RequestTopic topic) {
    return prefix + REQUESTS + topic.name();
  }

  /**
   * Splits the name of a requests topic into slug, class and number.
   *
   * @return empty if it is none of this installation
   */
  public Optional<RequestTopic> parse(String topic) {
    Matcher numbered = NUMBER.matcher(topic);
    if (!numbered.matches()) {
      return parse(topic, 1);
    }
    int number = Integer.parseInt(numbered.group(2));
    return number == 1 || number > MOST_REQUEST_TOPICS
        ? Optional.empty()
        : parse(numbered.group(1), number);
  }

  private Optional<RequestTopic> parse(String topic, int number) {
    String beginning = prefix + REQUESTS;
    for (RequestClass requestClass : RequestClass.values()) {
      String end = "." + requestClass.label();
      if (topic.length() > beginning.length() + end.length()
          && topic.startsWith(beginning)
          && topic.endsWith(end)) {
        String slug = topic.substring(beginning.length(), topic.length() - end.length());
        return Optional.of(new RequestTopic(slug, requestClass, number));
      }
    }
    return Optional.empty();
  }

  /**
   * What the name of a requests topic says.
   *
   * @param slug of the model
   * @param number which of the topics of a model and class it is, from 1; the first has no number
   *     in its name
   */
  public record RequestTopic(String slug, RequestClass requestClass, int number) {
    public RequestTopic {
      if (number < 1 || number > MOST_REQUEST_TOPICS) {
        throw new IllegalArgumentException("no topic has number " + number);
      }
    }

    /** The first of a model and class. */
    public RequestTopic(String slug, RequestClass requestClass) {
      this(slug, requestClass, 1);
    }

    /** The first of a model, by its served name. */
    public static RequestTopic of(String model, RequestClass requestClass) {
      return new RequestTopic(TopicNames.slug(model), requestClass);
    }

    /** The first ones of a model, by its served name. */
    public static List<RequestTopic> of(String model, RequestClass requestClass, int count) {
      String slug = TopicNames.slug(model);
      return IntStream.rangeClosed(1, count)
          .mapToObj(number -> new RequestTopic(slug, requestClass, number))
          .toList();
    }

    private String name() {
      return number == 1 ? first() : first() + "." + number;
    }

    private String first() {
      return slug + "." + requestClass.label();
    }

    /** The model as far as the slug tells: one that ends in a digest is not turned back. */
    public String model() {
      return slug.contains("---") ? slug : slug.replace("--", "/");
    }
  }

  /** The share group in which the workers of one model and class compete for requests. */
  public String workerGroup(String model, RequestClass requestClass) {
    return workerGroup(RequestTopic.of(model, requestClass));
  }

  /** The share group of the workers that read a requests topic. */
  public String workerGroup(RequestTopic topic) {
    return prefix + "workers." + topic.name();
  }

  /**
   * The consumer group of the workers that read a requests topic on a cluster without share groups:
   * a group has one type, so the two have two names.
   */
  public String classicGroup(RequestTopic topic) {
    return workerGroup(topic) + CLASSIC;
  }

  /** Whether a group is one of {@link #classicGroup}. */
  public boolean isClassicGroup(String group) {
    return group.startsWith(prefix + "workers.") && group.endsWith(CLASSIC);
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

  /**
   * Events of answers to requests of that topic that do not say where they go: one for all topics
   * of a model and class.
   */
  public String replies(RequestTopic topic) {
    return replies() + "." + topic.first();
  }

  /** {@link ControlMessage}s, read by every worker. */
  public String control() {
    return prefix + "control";
  }

  /** {@link WorkerState}s, {@link ReaderState}s and {@link ModelState}s, compacted. */
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
    String slug = model.replace("/", "--");
    if (slug.length() <= LONGEST_SLUG && PLAIN_MODEL.matcher(model).matches()) {
      return slug;
    }
    slug = ILLEGAL.matcher(slug).replaceAll("-");
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
