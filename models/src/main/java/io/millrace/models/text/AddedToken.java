package io.millrace.models.text;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A token that is found in a text before the model splits it, as {@code tokenizer.json} and {@code
 * tokenizer_config.json} describe it.
 *
 * @param special whether it is a mark for the model rather than text
 * @param singleWord whether it is found only where no letter or digit stands beside it
 * @param lstrip whether it takes the white space before it
 * @param rstrip whether it takes the white space after it
 * @param normalized whether it is looked for in the normalized text
 */
record AddedToken(
    String text,
    boolean special,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized) {

  /** One that is found as it is spelled, wherever it stands. */
  AddedToken(String text, boolean special) {
    this(text, special, false, false, false, false);
  }

  /** Text of which nothing else is said, as in Hugging Face's library. */
  AddedToken(String text) {
    this(text, false, false, false, false, true);
  }

  /** Reads a description; what it does not say is as in Hugging Face's library. */
  static AddedToken of(JsonNode object) {
    boolean special = object.path("special").asBoolean(false);
    return new AddedToken(
        object.path("content").asString(""),
        special,
        object.path("single_word").asBoolean(false),
        object.path("lstrip").asBoolean(false),
        object.path("rstrip").asBoolean(false),
        object.path("normalized").asBoolean(!special));
  }

  /** The same as a mark for the model. */
  AddedToken asSpecial() {
    return new AddedToken(text, true, singleWord, lstrip, rstrip, normalized);
  }

  /** The same, looked for in texts as they are. */
  AddedToken asSpelled() {
    return new AddedToken(text, special, singleWord, lstrip, rstrip, false);
  }

  /** Writes it as an entry of {@code tokenizer.json}. */
  void putInto(ObjectNode entry) {
    entry
        .put("content", text)
        .put("special", special)
        .put("single_word", singleWord)
        .put("lstrip", lstrip)
        .put("rstrip", rstrip)
        .put("normalized", normalized);
  }
}
