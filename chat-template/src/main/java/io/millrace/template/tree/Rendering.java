package io.millrace.template.tree;

import io.millrace.template.expression.Scope;

/** What statements need of the interpreter that walks them. */
public interface Rendering {
  /** The template's own variables. */
  Scope scope();

  Output output();
}
