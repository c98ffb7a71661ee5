package io.millrace.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refusals of flags: what the value must be, in one line. */
public final class Flags {
  private Flags() {}

  /**
   * Refuses a value.
   *
   * @throws StartFailure unless it is allowed
   */
  public static void require(
      boolean allowed, String flag, String expectation, @Nullable Object value) {
    if (!allowed) {
      throw refusal(flag, expectation, value, null);
    }
  }

  /**
   * Refuses the name of a host that cannot be resolved.
   *
   * @throws StartFailure unless it is an address
   */
  public static void requireAddress(String flag, String host) {
    // An empty name would be the loopback address.
    require(!host.isBlank(), flag, "an address of this machine", '"' + host + '"');
    try {
      InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw refusal(flag, "an address of this machine", '"' + host + '"', e);
    }
  }

  /**
   * The refusal of a value that could not be read.
   *
   * @param cause the failure to read it, if that says more
   */
  public static StartFailure refusal(
      String flag, String expectation, @Nullable Object value, @Nullable Throwable cause) {
    return new StartFailure("%s must be %s, but is %s".formatted(flag, expectation, value), cause);
  }

  /**
   * Refuses a number outside of a range; a flag that is not given is fine.
   *
   * @throws StartFailure if it is smaller or greater
   */
  public static void requireBetween(String flag, int min, int max, @Nullable Integer value) {
    require(
        value == null || (value >= min && value <= max),
        flag,
        "between %d and %d".formatted(min, max),
        value);
  }

  /**
   * Refuses a number below a minimum; a flag that is not given is fine.
   *
   * @throws StartFailure if it is smaller
   */
  public static void requireAtLeast(String flag, int min, @Nullable Integer value) {
    require(value == null || value >= min, flag, "at least " + min, value);
  }

  /**
   * Refuses a name that is unknown; a flag that is not given is fine.
   *
   * @throws StartFailure if it is none of these
   */
  public static void requireOneOf(String flag, List<String> names, @Nullable String value) {
    require(value == null || names.contains(value), flag, "one of " + names, value);
  }
}
