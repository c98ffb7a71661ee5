package io.millrace.grammar;

import io.millrace.grammar.json.JsonStyle;
import java.util.List;

/**
 * What an answer is to look like: as a client writes it, or composed of such parts ({@link
 * Composed}).
 */
public sealed interface GrammarSource {
  /** Documents that are valid under a JSON Schema, which is given as JSON. */
  record JsonSchema(String schema, JsonStyle style) implements GrammarSource {}

  /** Texts that a regular expression describes from beginning to end. */
  record Regex(String expression) implements GrammarSource {}

  /** Any of some texts. */
  record Choice(List<String> choices) implements GrammarSource {
    public Choice {
      choices = List.copyOf(choices);
    }
  }

  /** Texts of rules in GBNF. */
  record Rules(String rules) implements GrammarSource {}

  /** A text with parts of its own, or around other parts. */
  sealed interface Composed extends GrammarSource {}

  /** One text. */
  static GrammarSource text(String text) {
    return new Choice(List.of(text));
  }

  /** Any text in which none of these words is found. */
  record Without(List<String> words) implements Composed {
    public Without {
      words = List.copyOf(words);
    }
  }

  /**
   * Any text up to a word and with it.
   *
   * @param text what stands before the word
   * @param end the word, which should not overlap itself
   */
  record Until(RawString text, String end) implements Composed {}

  /**
   * A string as it is, not within quotes.
   *
   * @param pattern a regular expression that is found in it; empty for any
   * @param least characters
   * @param most characters
   * @param without words that are not found in it
   */
  record RawString(String pattern, int least, int most, List<String> without) implements Composed {
    /** No most number of characters. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public RawString {
      without = List.copyOf(without);
    }
  }

  /** Parts one after the other. */
  record Sequence(List<GrammarSource> parts) implements Composed {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** One of several parts. */
  record AnyOf(List<GrammarSource> parts) implements Composed {
    public AnyOf {
      parts = List.copyOf(parts);
    }
  }

  /** A part once or more often, with a text between two. */
  record Repeat(GrammarSource part, String separator) implements Composed {}

  /** Members in this order, some of which may be missing, with a text between two. */
  record Members(List<Member> members, String separator) implements Composed {
    public Members {
      members = List.copyOf(members);
    }
  }

  /** One of several members. */
  record Member(boolean required, GrammarSource part) {}
}
