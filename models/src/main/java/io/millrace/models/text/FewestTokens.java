package io.millrace.models.text;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The fewest tokens that a text can become, by its length and that of the longest token: what is
 * far too long is known to be without encoding it. Whitespace is left out on both sides, since a
 * tokenizer may drop it.
 */
final class FewestTokens {
  /** What spells whitespace in vocabularies: SentencePiece's space; byte-level's, \n, \t and \r. */
  private static final String SPACES = "\u2581\u0120\u010A\u0109\u010D";

  /** A canonical composition joins up to four UTF-16 units to one. */
  private static final int COMPOSED = 4;

  private static final Set<String> COMPOSING = Set.of("NFC", "NFKC");
  private static final Set<String> KEEPING_NORMALIZERS =
      Set.of("Sequence", "Prepend", "Replace", "Strip", "ByteLevel", "NFD", "NFKD", "NFC", "NFKC");
  private static final Set<String> KEEPING_SPLITTERS =
      Set.of(
          "Sequence",
          "ByteLevel",
          "Metaspace",
          "Split",
          "Digits",
          "Punctuation",
          "Whitespace",
          "WhitespaceSplit");

  /** Characters of a text in one token; 0 where they are not limited. */
  private final int most;

  /**
   * @param definition what a {@code tokenizer.json} holds
   */
  FewestTokens(JsonNode definition, Vocabulary vocabulary) {
    this.most = keepsAll(definition) ? joined(definition) * longest(vocabulary) : 0;
  }

  /** How many tokens a text has at least; 0 where that cannot be said. */
  int of(String text) {
    return most == 0 ? 0 : (int) ((visible(text) + most - 1) / most);
  }

  private static int longest(Vocabulary vocabulary) {
    long longest = 0;
    for (int id = 0; id < vocabulary.size(); id++) {
      String token = vocabulary.token(id);
      longest = Math.max(longest, token == null ? 0 : visible(token));
    }
    return (int) longest;
  }

  private static long visible(String text) {
    return text.chars().filter(c -> !Character.isWhitespace(c) && SPACES.indexOf(c) < 0).count();
  }

  private static int joined(JsonNode definition) {
    return types(definition.path("normalizer")).stream().anyMatch(COMPOSING::contains)
        ? COMPOSED
        : 1;
  }

  /** Whether each character of a text is in one of its tokens. */
  private static boolean keepsAll(JsonNode definition) {
    JsonNode normalizer = definition.path("normalizer");
    JsonNode splitter = definition.path("pre_tokenizer");
    return knowsAllBytes(definition)
        && KEEPING_NORMALIZERS.containsAll(types(normalizer))
        && normalizer.findParents("pattern").stream().allMatch(FewestTokens::doesNotShorten)
        && KEEPING_SPLITTERS.containsAll(types(splitter))
        && splitter.findValues("behavior").stream()
            .noneMatch(behavior -> behavior.asString("").equals("Removed"));
  }

  /** Others make one unknown token of many characters, or none. */
  private static boolean knowsAllBytes(JsonNode definition) {
    return definition.path("model").path("byte_fallback").asBoolean(false)
        || types(definition.path("normalizer")).contains("ByteLevel")
        || types(definition.path("pre_tokenizer")).contains("ByteLevel");
  }

  private static boolean doesNotShorten(JsonNode replace) {
    String pattern = replace.path("pattern").path("String").asString("");
    return !pattern.isEmpty() && replace.path("content").asString("").length() >= pattern.length();
  }

  private static List<String> types(JsonNode steps) {
    return steps.findValues("type").stream().map(type -> type.asString("")).toList();
  }
}
