package io.millrace.api.files;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How long a file is kept, as OpenAI's clients say it. */
public final class ExpiresAfter {
  private static final String ANCHOR = "created_at";
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(30);

  private ExpiresAfter() {}

  /**
   * The time that an object in a body says; null where it says none.
   *
   * @throws Invalid naming what is wrong
   */
  public static @Nullable Duration of(JsonBody body, String field) {
    JsonBody said = body.object(field);
    if (said == null) {
      return null;
    }
    said.requireOnly(field, Set.of("anchor", "seconds"));
    return of(
        field, said.require("anchor", String.class), said.require("seconds", Long.class) + "");
  }

  /** The same of the two fields of a form; null where neither is there. */
  static @Nullable Duration of(String field, @Nullable String anchor, @Nullable String seconds) {
    if (anchor == null && seconds == null) {
      return null;
    }
    if (!ANCHOR.equals(anchor)) {
      throw new Invalid(
          field + ".anchor",
          "%s.anchor must be \"%s\", but is %s"
              .formatted(field, ANCHOR, anchor == null ? "missing" : quoted(anchor)));
    }
    try {
      Duration time = Duration.ofSeconds(Long.parseLong(String.valueOf(seconds)));
      if (time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0) {
        return time;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Invalid(
        field + ".seconds",
        "%s.seconds must be between %d and %d, but is %s"
            .formatted(
                field,
                SHORTEST.toSeconds(),
                LONGEST.toSeconds(),
                seconds == null ? "missing" : quoted(seconds)));
  }

  private static String quoted(String text) {
    return '"' + Excerpt.of(text) + '"';
  }
}
