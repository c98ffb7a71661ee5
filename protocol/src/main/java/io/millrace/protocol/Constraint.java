package io.millrace.protocol;

import java.util.List;
import java.util.function.Function;

/** What the whole text of an answer must match: a language, as a client describes it. */
public sealed interface Constraint {

  /** How many characters a description may have. */
  int MAX_CHARACTERS = 256 * 1024;

  /** How many texts there may be to choose from. */
  int MAX_CHOICES = 4096;

  /** The value for the kind of this constraint; a new kind has an argument of its own. */
  <R> R match(
      Function<JsonSchema, R> jsonSchema,
      Function<Regex, R> regex,
      Function<Choice, R> choice,
      Function<Rules, R> rules);

  /**
   * A JSON document that is valid under a schema.
   *
   * @param schema in JSON
   * @param anyWhitespace whether whitespace may stand wherever JSON allows it; none may otherwise
   */
  record JsonSchema(String schema, boolean anyWhitespace) implements Constraint {
    /** Any JSON object. */
    static final String ANY_OBJECT = "{\"type\":\"object\"}";

    @Override
    public <R> R match(
        Function<JsonSchema, R> jsonSchema,
        Function<Regex, R> regex,
        Function<Choice, R> choice,
        Function<Rules, R> rules) {
      return jsonSchema.apply(this);
    }
  }

  /** A text that a regular expression matches from its beginning to its end. */
  record Regex(String pattern) implements Constraint {
    @Override
    public <R> R match(
        Function<JsonSchema, R> jsonSchema,
        Function<Regex, R> regex,
        Function<Choice, R> choice,
        Function<Rules, R> rules) {
      return regex.apply(this);
    }
  }

  /** One of some texts. */
  record Choice(List<String> texts) implements Constraint {
    public Choice {
      texts = List.copyOf(texts);
    }

    @Override
    public <R> R match(
        Function<JsonSchema, R> jsonSchema,
        Function<Regex, R> regex,
        Function<Choice, R> choice,
        Function<Rules, R> rules) {
      return choice.apply(this);
    }
  }

  /** A text that the rules of a context-free grammar derive. */
  record Rules(String text) implements Constraint {
    @Override
    public <R> R match(
        Function<JsonSchema, R> jsonSchema,
        Function<Regex, R> regex,
        Function<Choice, R> choice,
        Function<Rules, R> rules) {
      return rules.apply(this);
    }
  }
}
