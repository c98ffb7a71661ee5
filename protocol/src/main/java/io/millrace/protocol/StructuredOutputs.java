package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The constraint of an answer in vLLM's words: one of the first five.
 *
 * @param json the answer is a JSON document that is valid under this JSON Schema
 * @param regex the whole answer matches this regular expression
 * @param choice the answer is one of these texts
 * @param grammar the answer is derived from the rules of this grammar
 * @param jsonObject whether the answer is a JSON object, whatever it holds
 * @param disableAnyWhitespace false lets whitespace stand wherever JSON allows it; otherwise JSON
 *     is written without
 */
@JsonNaming(SnakeCaseStrategy.class)
public record StructuredOutputs(
    @Forms({Map.class, String.class}) @JsonInclude(Include.NON_NULL) @Nullable JsonNode json,
    @JsonInclude(Include.NON_NULL) @Nullable String regex,
    @Limit(items = Constraint.MAX_CHOICES) @JsonInclude(Include.NON_EMPTY) List<String> choice,
    @JsonInclude(Include.NON_NULL) @Nullable String grammar,
    @JsonInclude(Include.NON_NULL) @Nullable Boolean jsonObject,
    @JsonInclude(Include.NON_NULL) @Nullable Boolean disableAnyWhitespace) {

  private static final String PREFIX = "structured_outputs.";
  private static final Limits LIMITS = Limits.of(StructuredOutputs.class, PREFIX);

  public StructuredOutputs {
    choice = Lists.copyOf(choice);
    LIMITS.check(json, regex, choice, grammar, jsonObject, disableAnyWhitespace);
  }

  /** The constraints that are described, by the names of their fields. */
  List<NamedConstraint> constraints() {
    boolean anyWhitespace = Boolean.FALSE.equals(disableAnyWhitespace);
    NamedConstraint anyObject =
        Boolean.TRUE.equals(jsonObject)
            ? NamedConstraint.schema(
                PREFIX + "json_object", Constraint.JsonSchema.ANY_OBJECT, anyWhitespace)
            : null;
    return Lists.nonNull(
        NamedConstraint.schema(PREFIX + "json", json, anyWhitespace),
        NamedConstraint.regex(PREFIX + "regex", regex),
        NamedConstraint.choice(PREFIX + "choice", choice),
        NamedConstraint.rules(PREFIX + "grammar", grammar),
        anyObject);
  }
}
