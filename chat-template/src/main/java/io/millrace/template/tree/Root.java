package io.millrace.template.tree;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.output.OutputNode;
import java.util.LinkedList;

/** The root of a compiled template: Jinjava renders its children one after the other. */
public final class Root extends Node {

  public Root(Block block) {
    super(null, 0, 0);
    setChildren(new LinkedList<>(block.statements()));
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
