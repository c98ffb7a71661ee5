package io.millrace.protocol.schema;

import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import io.millrace.protocol.JsonSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the JSON Schema (2020-12) of every record that crosses Kafka, a file for each. */
public final class SchemaWriter {
  private SchemaWriter() {}

  /**
   * Writes them.
   *
   * @param args the folder of the records' sources, and the folder to write to
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[1]));
    SchemaGenerator generator = generator(RecordDocs.read(Path.of(args[0])));
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    for (Map.Entry<String, Class<?>> record : JsonSchemas.RECORDS.entrySet()) {
      ObjectNode schema = generator.generateSchema(record.getValue());
      Files.write(folder.resolve(record.getKey() + ".json"), json.writeValueAsBytes(schema));
    }
  }

  private static SchemaGenerator generator(RecordDocs docs) {
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(Option.EXTRA_OPEN_API_FORMAT_VALUES)
            .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
    // Before the module, which knows neither creators nor sealed types.
    config.forTypesInGeneral().withCustomDefinitionProvider(new RecordSchemas(docs));
    config.with(
        new JacksonSchemaModule(
            JacksonOption.FLATTENED_ENUMS_FROM_JSONVALUE,
            JacksonOption.SKIP_SUBTYPE_LOOKUP,
            JacksonOption.IGNORE_TYPE_INFO_TRANSFORM));
    return new SchemaGenerator(config.build());
  }
}
