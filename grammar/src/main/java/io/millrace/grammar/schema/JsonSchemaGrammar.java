package io.millrace.grammar.schema;

import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.json.JsonLexemes;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.regex.RegexPool;
import tools.jackson.databind.JsonNode;

/** A JSON Schema as a rule of all documents that are valid under it. */
public final class JsonSchemaGrammar {
  private JsonSchemaGrammar() {}

  /**
   * The rule of a schema.
   *
   * @param pool where terms are made, which limits them
   * @throws io.millrace.grammar.error.GrammarException if it is malformed, cannot be enforced, has
   *     no valid document or is too large
   */
  public static Node of(JsonNode schema, JsonStyle style, RegexPool pool, Budget budget) {
    JsonLexemes lexemes = new JsonLexemes(pool, style.whitespace());
    JsonStringEncoding encoding = new JsonStringEncoding(pool);
    Formulas formulas = new Formulas();
    Formula root = new SchemaReader(new SchemaDocument(schema), formulas, lexemes, encoding).read();
    Values values =
        new Values(
            formulas,
            new Shapes(formulas, pool, encoding, style.order(), budget),
            new Scalars(lexemes, encoding, formulas, style.isForAnswers()),
            budget);
    ValueNode node = new ValueNodes(values, formulas, lexemes).root(root);
    if (!node.isProductive()) {
      throw new UnsatisfiableGrammarException("the schema allows no document at all");
    }
    return node;
  }
}
