package io.millrace.standalone.chat;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What an answer has said so far, and how fast. */
final class Answer {
  private final StringBuilder text = new StringBuilder();
  private final long askedAt = System.nanoTime();
  private long firstAt;
  private long lastAt;
  private int pieces;
  private int tokens;

  /** The piece of text in an event, which may be empty. */
  String text(JsonNode chunk) {
    String piece = chunk.at("/choices/0/delta/content").asString("");
    text.append(piece);
    return piece;
  }

  /** The piece of reasoning in an event, which may be empty. */
  static String reasoning(JsonNode chunk) {
    return chunk.at("/choices/0/delta/reasoning_content").asString("");
  }

  /** Measures by an event that comes now. */
  void measure(JsonNode chunk, boolean saysSomething) {
    tokens = chunk.at("/usage/completion_tokens").asInt(tokens);
    if (saysSomething) {
      lastAt = System.nanoTime();
      firstAt = pieces++ == 0 ? lastAt : firstAt;
    }
  }

  String text() {
    return text.toString();
  }

  /** Time to the first token, and tokens a second after it; empty if nothing came. */
  String summary() {
    if (pieces == 0) {
      return "";
    }
    int counted = Math.max(tokens, pieces);
    String first =
        String.format(Locale.ROOT, "%.2f s to the first token", (firstAt - askedAt) / 1e9);
    double seconds = (lastAt - firstAt) / 1e9;
    String rate =
        counted > 1 && seconds > 0
            ? String.format(Locale.ROOT, ", %.0f tokens/s", (counted - 1) / seconds)
            : "";
    return first + rate + ", " + counted + (counted == 1 ? " token" : " tokens");
  }
}
