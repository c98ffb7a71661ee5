package io.millrace.toolparser.json;

/**
 * Reads one value character by character and writes it as JSON. Some characters are written only
 * when the next ones have come; where something is written, all that was read is.
 */
public interface LiteralScanner {
  /** What a character means for the value. */
  enum Status {
    /** The value goes on. */
    OPEN,
    /** The value ends with this character. */
    DONE,
    /** The value ended before this character, which is not part of it. */
    DONE_BEFORE,
    /** No value has this character here; it is not taken. */
    BROKEN
  }

  /**
   * Takes the next character.
   *
   * @param json gets what the character adds to the value, in JSON
   */
  Status accept(char c, StringBuilder json);
}
