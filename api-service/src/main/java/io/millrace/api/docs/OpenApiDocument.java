package io.millrace.api.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The API in OpenAPI 3.1: one document, joined from a part for each surface. */
final class OpenApiDocument {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> PARTS =
      List.of(
          "service.json",
          "seed.json",
          "openai.json",
          "responses.json",
          "anthropic.json",
          "jobs.json",
          "batches.json",
          "tokenizer.json",
          "pooling.json",
          "admission.json");

  private OpenApiDocument() {}

  /**
   * Reads and joins the parts.
   *
   * @param rootPath under which the service is seen; empty for none
   */
  static ObjectNode read(String rootPath) {
    ObjectNode document = JSON.createObjectNode();
    for (String part : PARTS) {
      merge(document, (ObjectNode) JSON.readTree(resource(part)));
    }
    document.putArray("servers").addObject().put("url", rootPath.isEmpty() ? "/" : rootPath);
    return document;
  }

  static byte[] resource(String name) {
    try (InputStream in = OpenApiDocument.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void merge(ObjectNode into, ObjectNode from) {
    for (var property : from.properties()) {
      JsonNode present = into.get(property.getKey());
      if (present instanceof ObjectNode inner && property.getValue() instanceof ObjectNode more) {
        merge(inner, more);
      } else {
        into.set(property.getKey(), property.getValue());
      }
    }
  }
}
