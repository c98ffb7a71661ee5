package io.millrace.template.tree;

/** How the statements after the one that has just run go on. */
public enum Flow {
  NEXT,
  BREAK,
  CONTINUE
}
