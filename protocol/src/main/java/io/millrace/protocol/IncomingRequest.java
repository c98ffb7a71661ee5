package io.millrace.protocol;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record of a requests topic as it came, parsed once: the request, or, where it is unreadable,
 * its id, its reply address and what comes back with replies, so that whoever sent it can be told.
 */
public final class IncomingRequest {
  private final String id;
  private final @Nullable ReplyAddress replyAddress;
  private final Echo echo;
  private final @Nullable Invalid unreadable;
  private final @Nullable GenerationRequest request;

  private IncomingRequest(
      String id,
      @Nullable ReplyAddress replyAddress,
      Echo echo,
      @Nullable Invalid unreadable,
      @Nullable GenerationRequest request) {
    this.id = id;
    this.replyAddress = replyAddress;
    this.echo = echo;
    this.unreadable = unreadable;
    this.request = request;
  }

  /**
   * Reads a record, whatever it holds; {@code prompt} (text or token ids) or {@code messages} is
   * required. A record that has unpacked to more than {@link Wire#MAX_RECORD_BYTES} is unreadable,
   * and not parsed.
   */
  public static IncomingRequest of(byte[] value, RequestDefaults defaults) {
    try {
      if (value.length > Wire.MAX_RECORD_BYTES) {
        throw new Invalid(
            null,
            "the record may have at most %d bytes unpacked, but has %d"
                .formatted(Wire.MAX_RECORD_BYTES, value.length));
      }
      ObjectNode tree = JsonRecords.parse(SchemaFrame.json(value));
      UnsupportedFields.refuse(tree);
      setUnlessThere(tree, "id", defaults.id());
      setUnlessThere(tree, "model", () -> "");
      setUnlessThere(tree, "created_at", () -> defaults.createdAt().toString());
      setUnlessThere(tree, "traceparent", defaults::traceparent);
      setReplyTopicUnlessThere(tree, defaults.replyTopic());
      GenerationRequest read = JsonRecords.read(tree, GenerationRequest.class);
      GenerationRequest request =
          read.withScheduling(read.scheduling().in(defaults.requestClass()));
      if (request.stream()) {
        request.output().checkStream();
      }
      return new IncomingRequest(request.id(), request.reply(), request.echo(), null, request);
    } catch (Invalid e) {
      return unreadable(value, defaults, e);
    } catch (StackOverflowError e) {
      return unreadable(value, defaults, new Invalid(null, "the body is nested too deeply"));
    }
  }

  /**
   * A record that is not read, for a reason of the reader's; no more than its head is looked for.
   */
  public static IncomingRequest unreadable(byte[] value, RequestDefaults defaults, Invalid why) {
    RequestHead head = RequestHead.of(SchemaFrame.strip(value), defaults);
    return new IncomingRequest(head.id(), head.reply(), head.echo(), why, null);
  }

  private static void setUnlessThere(
      ObjectNode tree, String field, Supplier<@Nullable String> value) {
    if (!tree.hasNonNull(field)) {
      String missing = value.get();
      if (missing != null) {
        tree.put(field, missing);
      }
    }
  }

  private static void setReplyTopicUnlessThere(ObjectNode tree, @Nullable String topic) {
    if (!tree.hasNonNull("reply")) {
      tree.putObject("reply");
    }
    if (tree.get("reply") instanceof ObjectNode reply) {
      setUnlessThere(reply, "topic", () -> topic);
    }
  }

  /**
   * The request.
   *
   * @throws Invalid if it is unreadable, in words for whoever wrote it
   */
  public GenerationRequest request() {
    if (request == null) {
      throw unreadable == null
          ? new IllegalStateException("neither request nor reason")
          : unreadable;
    }
    return request;
  }

  /** The id of the request, or the fallback if that is unreadable. */
  public String id() {
    return id;
  }

  /** What comes back with every reply, as far as that is readable. */
  public Echo echo() {
    return echo;
  }

  /** Where the answer goes; null if that is unreadable. */
  public @Nullable ReplyAddress replyAddress() {
    return replyAddress;
  }
}
