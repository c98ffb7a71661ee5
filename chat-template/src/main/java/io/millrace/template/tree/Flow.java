package io.millrace.template.tree;

/** The control flow after a statement: on to the next, or out of or around the loop. */
public enum Flow {
  NEXT,
  BREAK,
  CONTINUE
}
