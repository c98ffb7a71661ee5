package io.millrace.api.docs;

import io.millrace.protocol.JsonSchemas;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The JSON Schemas of the records that programs exchange with workers through Kafka. */
@RestController
final class SchemasController {
  private static final MediaType SCHEMA = MediaType.valueOf("application/schema+json");

  @GetMapping("/schemas/{name}.json")
  ResponseEntity<byte[]> schema(@PathVariable String name) {
    byte[] schema =
        JsonSchemas.find(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    return ResponseEntity.ok().contentType(SCHEMA).body(schema);
  }
}
