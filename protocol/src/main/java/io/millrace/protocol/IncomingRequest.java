package io.millrace.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record of a requests topic as it came, parsed once: the request, or, where it is unreadable,
 * its id and its reply address, so that whoever sent it can be told.
 */
public final class IncomingRequest {
  private final String id;
  private final @Nullable ReplyAddress replyAddress;
  private final @Nullable Invalid unreadable;
  private final @Nullable GenerationRequest request;

  private IncomingRequest(
      String id,
      @Nullable ReplyAddress replyAddress,
      @Nullable Invalid unreadable,
      @Nullable GenerationRequest request) {
    this.id = id;
    this.replyAddress = replyAddress;
    this.unreadable = unreadable;
    this.request = request;
  }

  /**
   * Reads a record, whatever it holds. Only {@code prompt} (text or token ids) or {@code messages},
   * and {@code reply.topic} are required. A record that has unpacked to more than {@link
   * Wire#MAX_RECORD_BYTES} is unreadable, and not parsed.
   *
   * @param fallbackId the id of a request that names none
   * @param recordTime the creation time of a request that names none
   */
  public static IncomingRequest of(byte[] value, String fallbackId, Instant recordTime) {
    try {
      if (value.length > Wire.MAX_RECORD_BYTES) {
        throw new Invalid(
            null,
            "the record may have at most %d bytes unpacked, but has %d"
                .formatted(Wire.MAX_RECORD_BYTES, value.length));
      }
      ObjectNode tree = JsonRecords.parse(value);
      UnsupportedFields.refuse(tree);
      setUnlessThere(tree, "id", fallbackId);
      setUnlessThere(tree, "model", "");
      setUnlessThere(tree, "created_at", recordTime.toString());
      GenerationRequest request = JsonRecords.read(tree, GenerationRequest.class);
      if (request.stream()) {
        request.output().checkStream();
      }
      return new IncomingRequest(request.id(), request.reply(), null, request);
    } catch (Invalid e) {
      return unreadable(value, fallbackId, e);
    } catch (StackOverflowError e) {
      return unreadable(value, fallbackId, new Invalid(null, "the body is nested too deeply"));
    }
  }

  /**
   * A record that is not read, for a reason of the reader's; no more than its head is looked for.
   */
  public static IncomingRequest unreadable(byte[] value, String fallbackId, Invalid why) {
    RequestHead head = RequestHead.of(value);
    String id = head.id() == null ? fallbackId : head.id();
    return new IncomingRequest(id, head.reply(), why, null);
  }

  private static void setUnlessThere(ObjectNode tree, String field, String value) {
    if (!tree.hasNonNull(field)) {
      tree.put(field, value);
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

  /** Where the answer goes; null if that is unreadable. */
  public @Nullable ReplyAddress replyAddress() {
    return replyAddress;
  }
}
