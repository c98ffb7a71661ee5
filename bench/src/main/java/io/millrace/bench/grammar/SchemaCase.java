package io.millrace.bench.grammar;

import java.util.List;

/**
 * A schema with documents.
 *
 * @param schema as JSON
 */
record SchemaCase(String name, String schema, List<Instance> instances) {
  /**
   * A document.
   *
   * @param valid whether the schema allows it
   * @param text as Python's {@code json.dumps(data, ensure_ascii=False)} writes it
   */
  record Instance(boolean valid, String text) {}
}
