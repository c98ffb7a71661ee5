package io.millrace.grammar;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.limit.GrammarLimits;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.pushdown.State;
import io.millrace.grammar.regex.RegexPool;
import io.millrace.grammar.schema.JsonSchemaGrammar;
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
