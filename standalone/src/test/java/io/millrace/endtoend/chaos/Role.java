package io.millrace.endtoend.chaos;

import java.util.Locale;

/** The roles that processes have. */
enum Role {
  BROKER,
  API,
  WORKER;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
