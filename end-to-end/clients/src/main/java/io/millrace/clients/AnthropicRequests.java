package io.millrace.clients;

import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.JsonOutputFormat;
import com.anthropic.models.messages.OutputConfig;
import com.anthropic.models.messages.Tool;
import java.util.List;
import java.util.Map;

/** What Anthropic's client for Java asks with. */
public final class AnthropicRequests {
  /** A function that a message may call. */
  public static final Tool TEMPERATURE =
      Tool.builder()
          .name("temperature")
          .description("How warm it is in a city")
          .inputSchema(
              Tool.InputSchema.builder()
                  .properties(
                      JsonValue.from(Map.of("city", Map.of("enum", List.of("Oslo", "Paris")))))
                  .addRequired("city")
                  .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                  .build())
          .build();

  /** The form of a person, {@code name} and {@code age}. */
  public static final OutputConfig PERSON =
      OutputConfig.builder()
          .format(
              JsonOutputFormat.builder()
                  .schema(
                      JsonOutputFormat.Schema.builder()
                          .additionalProperties(
                              Map.of(
                                  "type", JsonValue.from("object"),
                                  "properties",
                                      JsonValue.from(
                                          Map.of(
                                              "name", Map.of("type", "string"),
                                              "age", Map.of("type", "integer"))),
                                  "required", JsonValue.from(List.of("name", "age")),
                                  "additionalProperties", JsonValue.from(false)))
                          .build())
                  .build())
          .build();

  private AnthropicRequests() {}
}
