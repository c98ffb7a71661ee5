package io.millrace.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The values that a field of a record may have: checked by {@link Limits} when the record is made,
 * and published in its JSON Schema.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.RECORD_COMPONENT, ElementType.PARAMETER})
public @interface Limit {
  /** The least number. */
  double min() default Double.NEGATIVE_INFINITY;

  /** The greatest number. */
  double max() default Double.POSITIVE_INFINITY;

  /** How many items a list may hold. */
  int items() default Integer.MAX_VALUE;

  /** The {@link #items} of lists of token ids. */
  int MAX_TOKEN_IDS = 1024;
}
