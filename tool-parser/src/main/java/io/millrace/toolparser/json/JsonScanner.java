package io.millrace.toolparser.json;

import org.jspecify.annotations.Nullable;

/**
 * A JSON value, checked character by character (RFC 8259). What models often get wrong within a
 * string is mended: a control character is written as an escape, and a backslash that begins no
 * escape stands for itself.
 */
public final class JsonScanner implements LiteralScanner {
  /** How deep values may be nested. */
  static final int MAX_DEPTH = 256;

  private enum State {
    VALUE,
    FIRST_ITEM,
    FIRST_KEY,
    KEY,
    COLON,
    NEXT,
    STRING,
    ESCAPE,
    UNICODE,
    WORD
  }

  private final StringBuilder open = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private State state = State.VALUE;
  private boolean isKey;

  @Override
  public Status accept(char c, StringBuilder json) {
    return switch (state) {
      case STRING -> string(c, json);
      case ESCAPE -> escape(c, json);
      case UNICODE -> unicode(c, json);
      case WORD -> word(c, json);
      default -> structure(c, json);
    };
  }

  /** The text as a valid JSON value without white space around it; null if it is none. */
  public static @Nullable String repaired(String text) {
    JsonScanner scanner = new JsonScanner();
    StringBuilder json = new StringBuilder();
    String value = text.strip();
    Status status = Status.OPEN;
    for (int i = 0; i < value.length(); i++) {
      if (status == Status.DONE) {
        return null;
      }
      status = scanner.accept(value.charAt(i), json);
      if (status == Status.BROKEN || status == Status.DONE_BEFORE) {
        return null;
      }
    }
    return status == Status.DONE || scanner.endsInWord(json) ? json.toString() : null;
  }

  /** A word has no end of its own: the text ends it. */
  private boolean endsInWord(StringBuilder json) {
    return state == State.WORD && open.isEmpty() && endWord(json);
  }

  private Status structure(char c, StringBuilder json) {
    if (JsonText.isSpace(c)) {
      json.append(c);
      return Status.OPEN;
    }
    return switch (state) {
      case COLON -> c == ':' ? put(c, json, State.VALUE) : Status.BROKEN;
      case NEXT -> next(c, json);
      case FIRST_KEY -> c == '}' ? close(c, json) : key(c, json);
      case KEY -> key(c, json);
      case FIRST_ITEM -> c == ']' ? close(c, json) : value(c, json);
      default -> value(c, json);
    };
  }

  private Status put(char c, StringBuilder json, State then) {
    json.append(c);
    state = then;
    return Status.OPEN;
  }

  private Status key(char c, StringBuilder json) {
    isKey = true;
    return c == '"' ? put(c, json, State.STRING) : Status.BROKEN;
  }

  private Status value(char c, StringBuilder json) {
    isKey = false;
    if (c == '"') {
      return put(c, json, State.STRING);
    }
    if (c == '{' || c == '[') {
      if (open.length() == MAX_DEPTH) {
        return Status.BROKEN;
      }
      open.append(c);
      return put(c, json, c == '{' ? State.FIRST_KEY : State.FIRST_ITEM);
    }
    if (!JsonText.isWord(c)) {
      return Status.BROKEN;
    }
    word.append(c);
    state = State.WORD;
    return Status.OPEN;
  }

  private Status next(char c, StringBuilder json) {
    boolean object = open.charAt(open.length() - 1) == '{';
    if (c == ',') {
      return put(c, json, object ? State.KEY : State.VALUE);
    }
    return c == (object ? '}' : ']') ? close(c, json) : Status.BROKEN;
  }

  private Status close(char c, StringBuilder json) {
    json.append(c);
    open.setLength(open.length() - 1);
    return afterValue();
  }

  private Status afterValue() {
    state = State.NEXT;
    return open.isEmpty() ? Status.DONE : Status.OPEN;
  }

  private Status string(char c, StringBuilder json) {
    if (c == '\\') {
      state = State.ESCAPE;
      return Status.OPEN;
    }
    if (c != '"') {
      JsonText.escapeControl(c, json);
      return Status.OPEN;
    }
    json.append(c);
    if (isKey) {
      state = State.COLON;
      return Status.OPEN;
    }
    return afterValue();
  }

  private Status escape(char c, StringBuilder json) {
    if (c == 'u') {
      word.append("\\u");
      state = State.UNICODE;
      return Status.OPEN;
    }
    state = State.STRING;
    if ("\"\\/bfnrt".indexOf(c) >= 0) {
      json.append('\\').append(c);
      return Status.OPEN;
    }
    json.append("\\\\");
    return string(c, json);
  }

  private Status unicode(char c, StringBuilder json) {
    if (Character.digit(c, 16) < 0 || c > 'f') {
      json.append('\\').append(takeWord());
      state = State.STRING;
      return string(c, json);
    }
    word.append(c);
    if (word.length() == "\\u0000".length()) {
      json.append(takeWord());
      state = State.STRING;
    }
    return Status.OPEN;
  }

  private Status word(char c, StringBuilder json) {
    if (JsonText.isWord(c) && word.length() < JsonText.MAX_WORD) {
      word.append(c);
      return Status.OPEN;
    }
    if (!endWord(json)) {
      return Status.BROKEN;
    }
    return afterValue() == Status.DONE ? Status.DONE_BEFORE : structure(c, json);
  }

  private boolean endWord(StringBuilder json) {
    String value = takeWord();
    boolean valid = JsonText.isLiteral(value) || JsonText.isNumber(value);
    if (valid) {
      json.append(value);
    }
    return valid;
  }

  private String takeWord() {
    String taken = word.toString();
    word.setLength(0);
    return taken;
  }
}
