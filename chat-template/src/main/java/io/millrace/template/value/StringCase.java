package io.millrace.template.value;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Changes of case that go by character, and what characters a string is made of. */
public final class StringCase {
  static final Map<String, Predicate<String>> TESTS = new HashMap<>();

  static {
    TESTS.put("islower", StringCase::isLower);
    TESTS.put("isupper", StringCase::isUpper);
    TESTS.put("istitle", StringCase::isTitle);
    TESTS.put("isalpha", text -> all(text, Character::isLetter));
    TESTS.put("isdecimal", text -> all(text, Character::isDigit));
    TESTS.put("isdigit", text -> all(text, StringCase::isDigit));
    TESTS.put("isnumeric", text -> all(text, StringCase::isNumeric));
    TESTS.put("isalnum", text -> all(text, c -> Character.isLetter(c) || isNumeric(c)));
    TESTS.put("isspace", text -> all(text, Strings::isSpace));
    TESTS.put("isascii", text -> text.chars().allMatch(c -> c < 0x80));
    TESTS.put("isprintable", text -> text.codePoints().allMatch(Text::isPrintable));
    TESTS.put("isidentifier", StringCase::isIdentifier);
  }

  private StringCase() {}

  private static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  /** Decimal digits, and those raised, lowered or circled. */
  public static boolean isDigit(int c) {
    return Character.isDigit(c)
        || c == 0xb2
        || c == 0xb3
        || c == 0xb9
        || c == 0x2070
        || (c >= 0x2074 && c <= 0x2079)
        || (c >= 0x2080 && c <= 0x2089)
        || (c >= 0x2460 && c <= 0x2468);
  }

  private static boolean isNumeric(int c) {
    int type = Character.getType(c);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static boolean isCased(int c) {
    return Character.isLowerCase(c) || Character.isUpperCase(c) || Character.isTitleCase(c);
  }

  public static boolean isLower(String text) {
    return text.codePoints().anyMatch(StringCase::isCased)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  public static boolean isUpper(String text) {
    return text.codePoints().anyMatch(StringCase::isCased)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  private static boolean isTitle(String text) {
    boolean cased = false;
    boolean within = false;
    for (int c : text.codePoints().toArray()) {
      boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (upper ? within : Character.isLowerCase(c) && !within) {
        return false;
      }
      within = isCased(c);
      cased |= within;
    }
    return cased;
  }

  public static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && (text.codePointAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints().allMatch(Character::isUnicodeIdentifierPart)
        && text.codePoints().noneMatch(Character::isIdentifierIgnorable);
  }

  /** {@code str.title}: a word begins after any character that has no case. */
  static String title(String text) {
    StringBuilder titled = new StringBuilder(text.length());
    boolean within = false;
    for (Object each : CodePoints.characters(text)) {
      String character = (String) each;
      titled.append(within ? Strings.lower(character) : Strings.title(character));
      within = isCased(character.codePointAt(0));
    }
    return titled.toString();
  }

  static String swap(String text) {
    StringBuilder swapped = new StringBuilder(text.length());
    for (Object each : CodePoints.characters(text)) {
      String character = (String) each;
      boolean upper = Character.isUpperCase(character.codePointAt(0));
      swapped.append(upper ? Strings.lower(character) : Strings.upper(character));
    }
    return swapped.toString();
  }
}
