package io.millrace.clients;

import com.openai.core.JsonValue;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.ResponseFormatTextJsonSchemaConfig;
import com.openai.models.responses.ResponseTextConfig;
import java.util.List;
import java.util.Map;

/** What OpenAI's client for Java asks with. */
public final class OpenAiRequests {
  private static final Map<String, JsonValue> CITY =
      schema(Map.of("city", Map.of("enum", List.of("Oslo", "Paris"))));
  private static final Map<String, JsonValue> PERSON =
      schema(Map.of("name", Map.of("type", "string"), "age", Map.of("type", "integer")));

  /** A function that a chat may call. */
  public static final FunctionDefinition CHAT_TOOL =
      FunctionDefinition.builder()
          .name("temperature")
          .description("How warm it is in a city")
          .parameters(FunctionParameters.builder().additionalProperties(CITY).build())
          .build();

  /** The same function for a response. */
  public static final FunctionTool RESPONSE_TOOL =
      FunctionTool.builder()
          .name("temperature")
          .description("How warm it is in a city")
          .parameters(FunctionTool.Parameters.builder().additionalProperties(CITY).build())
          .strict(true)
          .build();

  /** The form of a person, {@code name} and {@code age}, in a chat. */
  public static final ResponseFormatJsonSchema CHAT_FORMAT =
      ResponseFormatJsonSchema.builder()
          .jsonSchema(
              ResponseFormatJsonSchema.JsonSchema.builder()
                  .name("person")
                  .schema(
                      ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                          .additionalProperties(PERSON)
                          .build())
                  .build())
          .build();

  /** The same form in a response. */
  public static final ResponseTextConfig RESPONSE_FORMAT =
      ResponseTextConfig.builder()
          .format(
              ResponseFormatTextJsonSchemaConfig.builder()
                  .name("person")
                  .schema(
                      ResponseFormatTextJsonSchemaConfig.Schema.builder()
                          .additionalProperties(PERSON)
                          .build())
                  .build())
          .build();

  private OpenAiRequests() {}

  /** Schemas by hand: those of classes need a generator that Spring AI needs in another version. */
  private static Map<String, JsonValue> schema(Map<String, ?> properties) {
    return Map.of(
        "type", JsonValue.from("object"),
        "properties", JsonValue.from(properties),
        "required", JsonValue.from(List.copyOf(properties.keySet())),
        "additionalProperties", JsonValue.from(false));
  }
}
