package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The fields that constrain the text of an answer (structured output), in the words of OpenAI or of
 * vLLM, new or old: at most one of these. An empty one counts as absent.
 *
 * @param responseFormat OpenAI's
 * @param structuredOutputs vLLM's
 * @param guidedJson older name of {@code structured_outputs.json}
 * @param guidedRegex older name of {@code structured_outputs.regex}
 * @param guidedChoice older name of {@code structured_outputs.choice}
 * @param guidedGrammar older name of {@code structured_outputs.grammar}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ConstraintFields(
    @JsonInclude(Include.NON_NULL) @Nullable ResponseFormat responseFormat,
    @JsonInclude(Include.NON_NULL) @Nullable StructuredOutputs structuredOutputs,
    @Forms({Map.class, String.class}) @JsonInclude(Include.NON_NULL) @Nullable JsonNode guidedJson,
    @JsonInclude(Include.NON_NULL) @Nullable String guidedRegex,
    @Limit(items = Constraint.MAX_CHOICES) @JsonInclude(Include.NON_EMPTY)
        List<String> guidedChoice,
    @JsonInclude(Include.NON_NULL) @Nullable String guidedGrammar) {

  private static final Limits LIMITS = Limits.of(ConstraintFields.class);

  /** Any text. */
  public static final ConstraintFields TEXT =
      new ConstraintFields(null, null, null, null, List.of(), null);

  public ConstraintFields {
    guidedChoice = Lists.copyOf(guidedChoice);
    LIMITS.check(
        responseFormat, structuredOutputs, guidedJson, guidedRegex, guidedChoice, guidedGrammar);
    guidedJson = guidedJson == null || guidedJson.isNull() ? null : guidedJson;
    List<NamedConstraint> all =
        constraints(
            responseFormat,
            structuredOutputs,
            guidedJson,
            guidedRegex,
            guidedChoice,
            guidedGrammar);
    if (all.size() > 1) {
      throw new Invalid(
          all.get(1).param(),
          "%s and %s exclude each other".formatted(all.get(0).param(), all.get(1).param()));
    }
  }

  /** A format in vLLM's words. */
  public static ConstraintFields of(StructuredOutputs structured) {
    return new ConstraintFields(null, structured, null, null, List.of(), null);
  }

  /** A format in OpenAI's words. */
  public static ConstraintFields of(ResponseFormat format) {
    return new ConstraintFields(format, null, null, null, List.of(), null);
  }

  /** What the answer must match, by the name of the field that says so; null if it is free. */
  public @Nullable NamedConstraint constraint() {
    List<NamedConstraint> all =
        constraints(
            responseFormat,
            structuredOutputs,
            guidedJson,
            guidedRegex,
            guidedChoice,
            guidedGrammar);
    return all.isEmpty() ? null : all.get(0);
  }

  private static List<NamedConstraint> constraints(
      @Nullable ResponseFormat responseFormat,
      @Nullable StructuredOutputs structuredOutputs,
      @Nullable JsonNode guidedJson,
      @Nullable String guidedRegex,
      List<String> guidedChoice,
      @Nullable String guidedGrammar) {
    List<NamedConstraint> all =
        new ArrayList<>(
            Lists.nonNull(
                responseFormat == null ? null : responseFormat.constraint(),
                NamedConstraint.schema("guided_json", guidedJson, false),
                NamedConstraint.regex("guided_regex", guidedRegex),
                NamedConstraint.choice("guided_choice", guidedChoice),
                NamedConstraint.rules("guided_grammar", guidedGrammar)));
    all.addAll(structuredOutputs == null ? List.of() : structuredOutputs.constraints());
    return all;
  }
}
