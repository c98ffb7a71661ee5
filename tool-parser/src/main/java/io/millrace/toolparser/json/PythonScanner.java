package io.millrace.toolparser.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Python literal, read character by character and written as JSON: strings, numbers, {@code
 * True}, {@code False}, {@code None} (or JSON's names of these), lists, tuples, and dicts whose
 * keys are strings. Names and calculations are no literals.
 */
public final class PythonScanner implements LiteralScanner {
  private static final Map<String, String> WORDS =
      Map.of("True", "true", "False", "false", "None", "null");

  private enum State {
    VALUE,
    FIRST_ITEM,
    ITEM,
    COLON,
    NEXT,
    STRING,
    WORD
  }

  private final StringBuilder open = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private State state = State.VALUE;
  private @Nullable PythonString string;
  private String comma = "";
  private boolean isKey;

  @Override
  public Status accept(char c, StringBuilder json) {
    if (state == State.STRING && string != null) {
      return string.accept(c, json) ? afterString() : Status.OPEN;
    }
    if (state == State.WORD) {
      return word(c, json);
    }
    return JsonText.isSpace(c) ? Status.OPEN : structure(c, json);
  }

  /** A whole literal in JSON; null if the text is none. */
  public static @Nullable String toJson(String text) {
    PythonScanner scanner = new PythonScanner();
    StringBuilder json = new StringBuilder();
    String value = text.strip();
    Status status = Status.OPEN;
    for (int i = 0; i < value.length(); i++) {
      status = status == Status.OPEN ? scanner.accept(value.charAt(i), json) : Status.BROKEN;
      if (status == Status.BROKEN || status == Status.DONE_BEFORE) {
        return null;
      }
    }
    return status == Status.DONE ? json.toString() : null;
  }

  private Status structure(char c, StringBuilder json) {
    return switch (state) {
      case COLON -> colon(c, json);
      case NEXT -> next(c, json);
      case FIRST_ITEM, ITEM -> c == closer() ? close(json) : item(c, json);
      default -> value(c, json);
    };
  }

  private Status colon(char c, StringBuilder json) {
    if (c != ':') {
      return Status.BROKEN;
    }
    json.append(": ");
    state = State.VALUE;
    return Status.OPEN;
  }

  private char closer() {
    return switch (open.charAt(open.length() - 1)) {
      case '{' -> '}';
      case '(' -> ')';
      default -> ']';
    };
  }

  private Status next(char c, StringBuilder json) {
    if (c == ',') {
      state = State.ITEM;
      return Status.OPEN;
    }
    return c == closer() ? close(json) : Status.BROKEN;
  }

  private Status close(StringBuilder json) {
    json.append(closer() == '}' ? '}' : ']');
    open.setLength(open.length() - 1);
    return afterValue();
  }

  private Status afterValue() {
    state = State.NEXT;
    return open.isEmpty() ? Status.DONE : Status.OPEN;
  }

  private Status afterString() {
    string = null;
    if (isKey) {
      isKey = false;
      state = State.COLON;
      return Status.OPEN;
    }
    return afterValue();
  }

  /** A comma may end a list: it is written with what comes after it. */
  private Status item(char c, StringBuilder json) {
    boolean dict = closer() == '}';
    if (dict && c != '"' && c != '\'') {
      return Status.BROKEN;
    }
    isKey = dict;
    comma = state == State.ITEM ? ", " : "";
    return value(c, json);
  }

  private Status value(char c, StringBuilder json) {
    if (c == '"' || c == '\'') {
      json.append(takeComma()).append('"');
      string = new PythonString(c);
      state = State.STRING;
      return Status.OPEN;
    }
    if (c == '[' || c == '{' || c == '(') {
      if (open.length() == JsonScanner.MAX_DEPTH) {
        return Status.BROKEN;
      }
      open.append(c);
      json.append(takeComma()).append(c == '{' ? '{' : '[');
      state = State.FIRST_ITEM;
      return Status.OPEN;
    }
    if (!JsonText.isWord(c)) {
      return Status.BROKEN;
    }
    word.append(c);
    state = State.WORD;
    return Status.OPEN;
  }

  private String takeComma() {
    String taken = comma;
    comma = "";
    return taken;
  }

  private Status word(char c, StringBuilder json) {
    if (JsonText.isWord(c) && word.length() < JsonText.MAX_WORD) {
      word.append(c);
      return Status.OPEN;
    }
    String value = jsonWord(word.toString());
    word.setLength(0);
    if (value == null) {
      return Status.BROKEN;
    }
    json.append(takeComma()).append(value);
    return afterValue() == Status.DONE ? Status.DONE_BEFORE : structureOrSpace(c, json);
  }

  private Status structureOrSpace(char c, StringBuilder json) {
    return JsonText.isSpace(c) ? Status.OPEN : structure(c, json);
  }

  private static @Nullable String jsonWord(String word) {
    String known = WORDS.get(word);
    if (known != null || JsonText.isLiteral(word)) {
      return known == null ? word : known;
    }
    String number = word.replace("_", "").replaceFirst("^\\+", "");
    number = number.replaceFirst("^(-?)\\.", "$10.").replaceFirst("\\.(?=[eE]|$)", ".0");
    return JsonText.isNumber(number) ? number : null;
  }
}
