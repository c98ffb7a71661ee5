package io.millrace.template.tree;

import io.millrace.template.expression.Scope;

/** Text between tags. */
public final class Data extends Statement {

  private final String text;

  public Data(String text, int line) {
    super(line);
    this.text = text;
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    output.append(text);
    return Flow.NEXT;
  }
}
