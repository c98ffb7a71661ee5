package io.millrace.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The JSON Schemas (2020-12) of the records that cross Kafka, generated from the records. */
public final class JsonSchemas {
  /** The records by the names of their schemas. */
  public static final Map<String, Class<?>> RECORDS =
      Map.of(
          "request", GenerationRequest.class,
          "reply", Reply.class,
          "control", ControlMessage.class,
          "worker-state", WorkerState.class,
          "reader-state", ReaderState.class,
          "model-state", ModelState.class,
          "dead-letter", DeadLetter.class,
          "dead-letter-replay", DeadLetterReplay.class,
          "job", JobRecord.class);

  private JsonSchemas() {}

  /** A schema as JSON; empty if there is none of that name. */
  public static Optional<byte[]> find(String name) {
    if (!RECORDS.containsKey(name)) {
      return Optional.empty();
    }
    try (InputStream in = JsonSchemas.class.getResourceAsStream("schemas/" + name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("the schema of " + name + " was not generated");
      }
      return Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
