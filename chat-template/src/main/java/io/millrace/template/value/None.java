package io.millrace.template.value;

/** Python's {@code None}; an unbound name is {@link Undefined} instead. */
public enum None {
  NONE
}
