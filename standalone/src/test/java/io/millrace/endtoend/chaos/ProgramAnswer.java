package io.millrace.endtoend.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What a program makes of the replies to its request: no more than docs/kafka.md tells it. */
final class ProgramAnswer {
  private final StringBuilder text = new StringBuilder();
  private int attempt;
  private int told;
  private int begunAt;
  private long lastAt;
  private int doubled;
  private boolean ended;
  private @Nullable String failure;
  private @Nullable Duration redelivery;

  /**
   * Takes the next reply.
   *
   * @param now by {@code System.nanoTime}
   */
  void take(JsonNode reply, long now) {
    int from = reply.path("attempt").intValue();
    if (from < attempt) {
      return;
    }
    attempt = from;
    String type = reply.path("type").asString("");
    if (type.equals("failed")) {
      failure = reply.toString();
    }
    boolean last = type.equals("finished") || type.equals("failed");
    if (last && ended) {
      doubled++;
    }
    ended |= last;
    if (type.equals("delta") || type.equals("finished")) {
      add(reply, now);
    }
    if (lastAt == 0) {
      begunAt = from;
    }
    lastAt = now;
  }

  private void add(JsonNode reply, long now) {
    if (attempt > begunAt && lastAt != 0) {
      redelivery = Duration.ofNanos(now - lastAt);
      begunAt = attempt;
    }
    int seq = reply.path("seq").intValue();
    if (seq < told) {
      return;
    }
    String piece = reply.path("text").asString("");
    if (reply.path("begin").asInt(told) < told && !piece.isEmpty()) {
      doubled++;
    }
    text.append(piece);
    told = seq;
  }

  String text() {
    return text.toString();
  }

  boolean isEnded() {
    return ended;
  }

  /** What was told of a failure; null if it is none. */
  @Nullable String failure() {
    return failure;
  }

  /** Pieces and ends that were told twice. */
  int doubled() {
    return doubled;
  }

  /** How long nothing was heard when another worker went on; null if none did since. */
  @Nullable Duration takeRedelivery() {
    Duration taken = redelivery;
    redelivery = null;
    return taken;
  }
}
