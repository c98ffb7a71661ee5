package io.millrace.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The AsyncAPI 3 document of the topics and of who writes what there. It refers to the {@link
 * JsonSchemas}, which lie beside it in {@code schemas}.
 */
public final class AsyncApi {
  private AsyncApi() {}

  /** The document, as YAML, with the names of an installation's topics. */
  public static String yaml(TopicNames names) {
    try (InputStream in = AsyncApi.class.getResourceAsStream("asyncapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("the AsyncAPI document is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("address: " + TopicNames.DEFAULT_PREFIX, "address: " + names.prefix());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
