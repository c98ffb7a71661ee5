package io.millrace.actuator;

import java.util.List;

/**
 * The health of a process: of all that it needs for something.
 *
 * @param components what it needs; none where it is enough that the process answers
 */
public record Health(List<Component> components) {
  /**
   * One thing that a process needs.
   *
   * @param name in lower case
   * @param isUp whether it does what it should
   * @param says how it is, in a few words
   */
  public record Component(String name, boolean isUp, String says) {}

  public Health {
    components = List.copyOf(components);
  }

  public Health(Component... components) {
    this(List.of(components));
  }

  /** Whether all components are up. */
  public boolean isUp() {
    return components.stream().allMatch(Component::isUp);
  }

  /** In the word of Spring's actuator. */
  public String status() {
    return word(isUp());
  }

  static String word(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
