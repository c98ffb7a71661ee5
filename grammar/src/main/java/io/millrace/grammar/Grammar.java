package io.millrace.grammar;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.pushdown.State;
import java.util.List;

/**
 * What an answer may look like, compiled: to be used for any number of answers, by any thread, with
 * any vocabulary. Parts of its automaton are built when they are first reached.
 */
public final class Grammar {
  private final State start;

  private Grammar(Node root) {
    this.start = State.before(root);
  }

  /**
   * The grammar of a source.
   *
   * @throws GrammarException if it is malformed, cannot be enforced or satisfied, or is too large
   */
  public static Grammar of(GrammarSource source, GrammarLimits limits) {
    return new Grammar(new SourceCompiler(limits).build(source, Node.END));
  }

  /**
   * All JSON documents that are valid under a schema.
   *
   * @throws GrammarException as {@link #of}
   */
  public static Grammar jsonSchema(String schema, JsonStyle style, GrammarLimits limits) {
    return of(new GrammarSource.JsonSchema(schema, style), limits);
  }

  /**
   * Any JSON object.
   *
   * @throws GrammarException if the limits leave no room for it
   */
  public static Grammar jsonObject(JsonStyle style, GrammarLimits limits) {
    return jsonSchema("{\"type\":\"object\"}", style, limits);
  }

  /**
   * All texts that a regular expression describes from beginning to end.
   *
   * @throws GrammarException as {@link #of}
   */
  public static Grammar regex(String expression, GrammarLimits limits) {
    return of(new GrammarSource.Regex(expression), limits);
  }

  /**
   * Any of these texts.
   *
   * @throws GrammarException if there are none or they are too long together
   */
  public static Grammar choice(List<String> choices, GrammarLimits limits) {
    return of(new GrammarSource.Choice(choices), limits);
  }

  /**
   * All texts of rules: in GBNF, of the rule {@code root}.
   *
   * @throws GrammarException if they are malformed, cannot be followed, or are too large
   */
  public static Grammar rules(String rules, GrammarLimits limits) {
    return of(new GrammarSource.Rules(rules), limits);
  }

  State start() {
    return start;
  }
}
