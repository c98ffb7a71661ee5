package io.millrace.protocol;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.exc.MismatchedInputException;

/** A JSON value of another type than its field's: tells what the field must be. */
final class WrongType extends MismatchedInputException {
  private final String problem;

  /**
   * @param problem goes on after the field's name, such as {@code must be a number, but is %s}; the
   *     value as it was sent stands for {@code %s}
   */
  WrongType(JsonParser parser, String problem, Class<?> target) {
    super(parser, problem, target);
    this.problem = problem;
  }

  String problem() {
    return problem;
  }
}
