package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.UnsupportedFields;
import java.util.Set;
import java.util.TreeSet;

/** The fields that are known, and what becomes of those that an {@link Endpoint} does not obey. */
public final class KnownFields {
  private KnownFields() {}

  /**
   * The body without the fields that ask for nothing.
   *
   * @throws Invalid naming a field that asks for something and that the endpoint does not obey
   */
  public static JsonBody obeyed(JsonBody body, Endpoint endpoint) {
    body.refuse(notObeyed(endpoint));
    return body.withoutEmpty(endpoint);
  }

  /** The known fields but for hints that an endpoint does not obey. */
  static Set<String> notObeyed(Endpoint endpoint) {
    Set<String> rest = new TreeSet<>(UnsupportedFields.ALL);
    for (Endpoint other : Endpoint.values()) {
      rest.addAll(other.obeyed());
    }
    rest.removeAll(endpoint.obeyed());
    return rest;
  }
}
