package io.millrace.template.tree;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.output.OutputNode;
import io.millrace.template.expression.Scope;
import java.util.LinkedList;
import java.util.function.UnaryOperator;

/** The root of a compiled template: Jinjava renders its children one after the other. */
public final class Root extends Node {

  private final UnaryOperator<Scope> ownScope;

  /**
   * @param ownScope makes the template's scope within that of the conversation
   */
  public Root(Block block, UnaryOperator<Scope> ownScope) {
    super(null, 0, 0);
    this.ownScope = ownScope;
    setChildren(new LinkedList<>(block.statements()));
  }

  /** The scope of the template's own variables, within that of the conversation's. */
  public Scope enter(Scope conversation) {
    return ownScope.apply(conversation);
  }

  @Override
  public OutputNode render(JinjavaInterpreter interpreter) {
    throw new UnsupportedOperationException("the interpreter renders a root's children");
  }

  @Override
  public String getName() {
    return "Root";
  }
}
