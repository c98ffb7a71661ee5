package io.millrace.grammar;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.pattern.PatternCompiler;
import io.millrace.grammar.pattern.TextEncoding;
import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Fork;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.pushdown.State;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import io.millrace.grammar.rule.RuleGrammar;
import io.millrace.grammar.schema.JsonSchemaGrammar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an answer may look like, compiled: to be used for any number of answers, by any thread, with
 * any vocabulary. Parts of its automaton are built when they are first reached.
 */
public final class Grammar {
  private static final Map<Integer, JsonMapper> MAPPERS = new ConcurrentHashMap<>();

  private final State start;

  private Grammar(Node root) {
    this.start = State.before(root);
  }

  /**
   * All JSON documents that are valid under a schema.
   *
   * @throws GrammarException if it is malformed, cannot be enforced or satisfied, or is too large
   */
  public static Grammar jsonSchema(String schema, JsonStyle style, GrammarLimits limits) {
    if (schema.length() > limits.characters()) {
      throw new GrammarLimitException("the schema", limits.characters(), "characters");
    }
    RegexPool pool = new RegexPool(limits.states());
    return new Grammar(
        JsonSchemaGrammar.of(parse(schema, limits), style, pool, new Budget(limits)));
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
   * @throws GrammarException if it is malformed, cannot be enforced or satisfied, or is too large
   */
  public static Grammar regex(String expression, GrammarLimits limits) {
    if (expression.length() > limits.characters()) {
      throw new GrammarLimitException("the regex", limits.characters(), "characters");
    }
    TextEncoding utf8 = TextEncoding.utf8(new RegexPool(limits.states()));
    return of(new PatternCompiler(utf8).whole(expression), "the regex");
  }

  /**
   * Any of these texts.
   *
   * @throws GrammarException if there are none or they are too long together
   */
  public static Grammar choice(List<String> choices, GrammarLimits limits) {
    if (choices.stream().mapToLong(String::length).sum() > limits.characters()) {
      throw new GrammarLimitException("the list of choices", limits.characters(), "characters");
    }
    RegexPool pool = new RegexPool(limits.states());
    List<byte[]> texts = choices.stream().map(it -> it.getBytes(StandardCharsets.UTF_8)).toList();
    return of(pool.literals(texts), "the list of choices");
  }

  /**
   * All texts of rules: in GBNF, of the rule {@code root}.
   *
   * @throws GrammarException if they are malformed, cannot be followed, or are too large
   */
  public static Grammar rules(String rules, GrammarLimits limits) {
    if (rules.length() > limits.characters()) {
      throw new GrammarLimitException("the grammar", limits.characters(), "characters");
    }
    return new Grammar(RuleGrammar.of(rules, new RegexPool(limits.states()), new Budget(limits)));
  }

  private static Grammar of(Regex language, String what) {
    if (language.isEmpty()) {
      throw new UnsatisfiableGrammarException(what + " allows no text at all");
    }
    return new Grammar(new Fork(List.of(Edge.read(language, Node.END))));
  }

  private static JsonNode parse(String schema, GrammarLimits limits) {
    try {
      return MAPPERS.computeIfAbsent(limits.depth(), Grammar::mapper).readTree(schema);
    } catch (JacksonException e) {
      throw new GrammarSyntaxException(
          "the schema is not JSON, or nested more than %d deep: %s"
              .formatted(limits.depth(), GrammarException.excerpt(e.getOriginalMessage())));
    }
  }

  private static JsonMapper mapper(int depth) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(depth).build())
            .build();
    return JsonMapper.builder(factory)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  State start() {
    return start;
  }
}
