package io.millrace.models.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The {@code decoder} of a {@code tokenizer.json}, applied to one token at a time: the bytes that
 * the token's spelling stands for. Decoders that can only work on whole texts are refused.
 */
final class TokenDecoder {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

  private final List<Step> steps = new ArrayList<>();
  private boolean fallsBackToBytes;

  /** Changes a token, or turns it into bytes and ends the chain. */
  private interface Step {
    Piece apply(String token, boolean first);
  }

  /** A token on its way: still text, or already bytes. */
  private record Piece(String text, byte @Nullable [] bytes) {
    Piece(String text) {
      this(text, null);
    }
  }

  /**
   * @param decoder the node of that name; missing or null when tokens are joined by spaces
   * @throws IllegalArgumentException if it holds a step that this class does not know
   */
  TokenDecoder(@Nullable JsonNode decoder) {
    if (decoder == null || decoder.isNull()) {
      steps.add((token, first) -> new Piece(first ? token : " " + token));
    } else {
      read(decoder);
    }
  }

  /** The bytes that a token adds to a text. */
  byte[] bytes(String token, boolean first) {
    Piece piece = new Piece(token);
    for (Step step : steps) {
      piece = step.apply(piece.text, first);
      if (piece.bytes != null) {
        return piece.bytes;
      }
    }
    return piece.text.getBytes(StandardCharsets.UTF_8);
  }

  /** See {@link Tokenizer#replacesEachByte}. */
  boolean replacesEachByte() {
    return fallsBackToBytes;
  }

  private void read(JsonNode decoder) {
    String type = decoder.path("type").asString("");
    switch (type) {
      case "Sequence" -> decoder.path("decoders").forEach(this::read);
      case "ByteLevel" ->
          steps.add((token, first) -> new Piece(token, ByteAlphabet.bytesOf(token)));
      case "ByteFallback" -> {
        steps.add((token, first) -> byteFallback(token));
        fallsBackToBytes = true;
      }
      case "Metaspace" -> steps.add(metaspace(decoder));
      case "Replace" -> steps.add(replace(decoder));
      case "Strip" -> steps.add(strip(decoder));
      case "Fuse" -> {}
      default ->
          throw new IllegalArgumentException(
              "the tokenizer's decoder \""
                  + type
                  + "\" is not supported; supported are ByteLevel, ByteFallback, Metaspace, Replace,"
                  + " Strip, Fuse and sequences of them");
    }
  }

  private static Piece byteFallback(String token) {
    var match = BYTE.matcher(token);
    return match.matches()
        ? new Piece(token, new byte[] {(byte) Integer.parseInt(match.group(1), 16)})
        : new Piece(token);
  }

  private static Step metaspace(JsonNode decoder) {
    String mark = decoder.path("replacement").asString("▁");
    boolean prefixed =
        decoder.has("prepend_scheme")
            ? !decoder.path("prepend_scheme").asString("").equals("never")
            : decoder.path("add_prefix_space").asBoolean(true);
    return (token, first) -> new Piece(token.replace(mark, first && prefixed ? "" : " "));
  }

  private static Step replace(JsonNode decoder) {
    JsonNode pattern = decoder.path("pattern");
    String content = decoder.path("content").asString("");
    if (pattern.has("Regex")) {
      Pattern regex = Pattern.compile(pattern.path("Regex").asString(""));
      return (token, first) -> new Piece(regex.matcher(token).replaceAll(content));
    }
    String literal = pattern.path("String").asString("");
    return (token, first) -> new Piece(token.replace(literal, content));
  }

  /** After Fuse, where SentencePiece models have it, this is about the whole text's beginning. */
  private static Step strip(JsonNode decoder) {
    String content = decoder.path("content").asString(" ");
    int most = decoder.path("start").asInt(0);
    return (token, first) -> {
      String rest = token;
      for (int i = 0; first && i < most && rest.startsWith(content); i++) {
        rest = rest.substring(content.length());
      }
      return new Piece(rest);
    };
  }
}
