package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Truth;
import java.util.ArrayList;
import java.util.List;

/** {@code if}, {@code elif}, {@code else}. */
final class IfTag extends Statement {

  private final List<Branch> branches;
  private final Block otherwise;

  private IfTag(List<Branch> branches, Block otherwise, int line) {
    super(line);
    this.branches = List.copyOf(branches);
    this.otherwise = otherwise;
  }

  static Statement parse(TemplateParser parser, int line) {
    return parser.context().conditional(() -> parseBranches(parser, line));
  }

  private static Statement parseBranches(TemplateParser parser, int line) {
    List<Branch> branches = new ArrayList<>();
    Block otherwise = Block.EMPTY;
    String end;
    do {
      Expression condition = parser.tuple(false, null);
      branches.add(new Branch(condition, parser.body("elif", "else", "endif")));
      end = parser.stream().next().text();
    } while (end.equals("elif"));
    if (end.equals("else")) {
      otherwise = parser.body("endif");
      parser.stream().next();
    }
    return new IfTag(branches, otherwise, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    for (Branch branch : branches) {
      if (Truth.of(branch.condition().evaluate(scope))) {
        return branch.body().run(scope, output);
      }
    }
    return otherwise.run(scope, output);
  }

  private record Branch(Expression condition, Block body) {}
}
