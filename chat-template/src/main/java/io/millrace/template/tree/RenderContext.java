package io.millrace.template.tree;

import io.millrace.template.expression.Scope;

/** The rendering in progress, as statements use it: variables and output. */
public interface RenderContext {
  /** The template's own variables. */
  Scope scope();

  Output output();
}
