package io.millrace.api.jobs;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What requests for jobs say in their heads. */
final class JobHeaders {
  private static final String KEY = "Idempotency-Key";
  private static final String API_KEY = "x-api-key";
  private static final String LAST = "Last-Event-ID";
  private static final int LONGEST_KEY = 255;

  private JobHeaders() {}

  /** Each client has keys of its own. */
  static @Nullable String key(HttpHeaders headers) {
    String key = headers.getFirst(KEY);
    if (key == null) {
      return null;
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw new Invalid(
          KEY,
          "%s must have 1 to %d characters, but has %d"
              .formatted(KEY, LONGEST_KEY, key.isBlank() ? 0 : key.length()));
    }
    String bearer = headers.getFirst(HttpHeaders.AUTHORIZATION);
    String asker = bearer == null ? headers.getFirst(API_KEY) : bearer;
    return CanonicalJson.digest(asker + "\n" + key);
  }

  /** The number of the last event that a client has had; 0 for none. */
  static int lastEvent(HttpHeaders headers) {
    String id = headers.getFirst(LAST);
    try {
      int number = id == null || id.isEmpty() ? 0 : Integer.parseInt(id);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Invalid(
        LAST,
        "%s must be the id of an event of this job, but is \"%s\""
            .formatted(LAST, Excerpt.of(String.valueOf(id))));
  }
}
