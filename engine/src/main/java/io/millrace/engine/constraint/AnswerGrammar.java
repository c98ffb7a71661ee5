package io.millrace.engine.constraint;

import io.millrace.grammar.GrammarSource;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.json.KeyOrder;
import io.millrace.grammar.json.Whitespace;
import io.millrace.protocol.Constraint;
import io.millrace.protocol.NamedConstraint;
import java.util.List;
import java.util.Set;

/**
 * What an answer must match, and the fields that say so.
 *
 * @param parts what of it a client has written
 * @param tags texts in it that a model may have tokens of their own for
 */
public record AnswerGrammar(GrammarSource source, List<Part> parts, Set<String> tags) {

  /**
   * A part that a client has written.
   *
   * @param param the field that describes it, as the client spells it
   */
  public record Part(String param, GrammarSource source) {}

  public AnswerGrammar {
    parts = List.copyOf(parts);
    tags = Set.copyOf(tags);
  }

  /** The grammar of an answer that is what a constraint says, and nothing else. */
  public static AnswerGrammar of(NamedConstraint named) {
    Part part = part(named);
    return new AnswerGrammar(part.source(), List.of(part), Set.of());
  }

  static Part part(NamedConstraint named) {
    return new Part(named.param(), source(named.constraint()));
  }

  /** The field that a refusal of the whole names. */
  String param() {
    return parts.get(0).param();
  }

  private static GrammarSource source(Constraint constraint) {
    return constraint.match(
        json -> new GrammarSource.JsonSchema(json.schema(), style(json)),
        regex -> new GrammarSource.Regex(regex.pattern()),
        choice -> new GrammarSource.Choice(choice.texts()),
        rules -> new GrammarSource.Rules(rules.text()));
  }

  private static JsonStyle style(Constraint.JsonSchema json) {
    return json.anyWhitespace()
        ? new JsonStyle(Whitespace.ANY, KeyOrder.SCHEMA)
        : JsonStyle.COMPACT;
  }
}
