package io.millrace.grammar;

import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.GrammarLimits;
import java.util.List;

/** What a client asks an answer to look like, as it is written. */
public sealed interface GrammarSource {
  /**
   * The grammar of it.
   *
   * @throws io.millrace.grammar.error.GrammarException if it is malformed, cannot be enforced or
   *     satisfied, or is too large
   */
  Grammar compile(GrammarLimits limits);

  /** Documents that are valid under a JSON Schema, which is given as JSON. */
  record JsonSchema(String schema, JsonStyle style) implements GrammarSource {
    @Override
    public Grammar compile(GrammarLimits limits) {
      return Grammar.jsonSchema(schema, style, limits);
    }
  }

  /** Any JSON object. */
  record JsonObject(JsonStyle style) implements GrammarSource {
    @Override
    public Grammar compile(GrammarLimits limits) {
      return Grammar.jsonObject(style, limits);
    }
  }

  /** Texts that a regular expression describes from beginning to end. */
  record Regex(String expression) implements GrammarSource {
    @Override
    public Grammar compile(GrammarLimits limits) {
      return Grammar.regex(expression, limits);
    }
  }

  /** Any of some texts. */
  record Choice(List<String> choices) implements GrammarSource {
    public Choice {
      choices = List.copyOf(choices);
    }

    @Override
    public Grammar compile(GrammarLimits limits) {
      return Grammar.choice(choices, limits);
    }
  }

  /** Texts of rules in GBNF. */
  record Rules(String rules) implements GrammarSource {
    @Override
    public Grammar compile(GrammarLimits limits) {
      return Grammar.rules(rules, limits);
    }
  }
}
