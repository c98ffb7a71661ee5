package io.millrace.endtoend.chaos;

import tools.jackson.databind.JsonNode;

/** The endpoints that are asked, and how their answers look. */
enum Form {
  COMPLETIONS("/v1/completions", Form.PROMPT, "/choices/0/text", "/choices/0/text"),
  CHAT(
      "/v1/chat/completions",
      Form.CHAT_ASKED,
      "/choices/0/delta/content",
      "/choices/0/message/content"),
  RESPONSES(
      "/v1/responses",
      "{\"input\":\"%s\",\"max_output_tokens\":%d,\"temperature\":%s,\"stream\":%b%s}",
      "/delta",
      "/output/0/content/0/text"),
  MESSAGES("/v1/messages", Form.CHAT_ASKED, "/delta/text", "/content/0/text"),
  SEED_COMPLETION("/completion", Form.PROMPT, "/text", "/text"),
  SEED_CHAT("/chat", Form.CHAT_ASKED, "/message/content", "/text");

  private static final String PROMPT =
      "{\"prompt\":\"%s\",\"max_tokens\":%d,\"temperature\":%s,\"stream\":%b%s}";
  private static final String CHAT_ASKED =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":%d,\"temperature\":%s,\"stream\":%b%s}";

  private final String path;
  private final String body;
  private final String piece;
  private final String whole;

  Form(String path, String body, String piece, String whole) {
    this.path = path;
    this.body = body;
    this.piece = piece;
    this.whole = whole;
  }

  String path() {
    return path;
  }

  String body(String prompt, int tokens, double temperature, boolean stream, String more) {
    return body.formatted(prompt, tokens, temperature, stream, more);
  }

  /** What an event adds to the answer. */
  String piece(JsonNode event) {
    return event.at(piece).asString("");
  }

  /** The text of an answer in one piece. */
  String whole(JsonNode answer) {
    return answer.at(whole).asString("");
  }
}
