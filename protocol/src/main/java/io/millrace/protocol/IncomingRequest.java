package io.millrace.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record of a requests topic as it came, parsed once: the request, or, where it is unreadable,
 * its id and its reply address, so that whoever sent it can be told.
 */
public final class IncomingRequest {
  private final String fallbackId;
  private final @Nullable ObjectNode tree;
  private final @Nullable Invalid unreadable;
  private final @Nullable GenerationRequest request;

  private IncomingRequest(
      String fallbackId,
      @Nullable ObjectNode tree,
      @Nullable Invalid unreadable,
      @Nullable GenerationRequest request) {
    this.fallbackId = fallbackId;
    this.tree = tree;
    this.unreadable = unreadable;
    this.request = request;
  }

  /**
   * Reads a record, whatever it holds. Only {@code prompt} (text or token ids) or {@code messages},
   * and {@code reply.topic} are required.
   *
   * @param fallbackId the id of a request that names none
   * @param recordTime the creation time of a request that names none
   */
  public static IncomingRequest of(byte[] value, String fallbackId, Instant recordTime) {
    ObjectNode tree = null;
    try {
      tree = JsonRecords.parse(value);
      setUnlessThere(tree, "id", fallbackId);
      setUnlessThere(tree, "model", "");
      setUnlessThere(tree, "created_at", recordTime.toString());
      GenerationRequest request = JsonRecords.read(tree, GenerationRequest.class);
      return new IncomingRequest(fallbackId, tree, null, request);
    } catch (Invalid e) {
      return new IncomingRequest(fallbackId, tree, e, null);
    }
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
    JsonNode id = tree == null ? null : tree.get("id");
    return id != null && id.isString() ? id.stringValue() : fallbackId;
  }

  /** Where the answer goes; null if that is unreadable. */
  public @Nullable ReplyAddress replyAddress() {
    if (tree == null || !(tree.get("reply") instanceof ObjectNode reply)) {
      return null;
    }
    try {
      return JsonRecords.read(reply, ReplyAddress.class);
    } catch (Invalid e) {
      return null;
    }
  }
}
