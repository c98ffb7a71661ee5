package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The urgency of a request: who is served first among those that wait, and who gives its place in
 * the KV cache up last. The tier counts first, then the priority, then who came first.
 *
 * @param priority lower is earlier, as vLLM has it
 * @param serviceTier {@code priority} comes before all others, {@code flex} takes idle capacity,
 *     behind all others; {@code default} and {@code auto} are as usual, but that {@code auto}, like
 *     null, means {@code flex} in a batch topic, where others are refused
 */
@JsonNaming(SnakeCaseStrategy.class)
public record SchedulingParams(
    @JsonProperty @JsonInclude(Include.NON_DEFAULT) int priority,
    @JsonProperty @JsonInclude(Include.NON_NULL) @Nullable ServiceTier serviceTier) {

  /** Of a request that says nothing of it. */
  public static final SchedulingParams USUAL = new SchedulingParams(0, null);

  /** The tier that it gets, which is never {@code auto}. */
  public ServiceTier tier() {
    return serviceTier == null || serviceTier == ServiceTier.AUTO
        ? ServiceTier.DEFAULT
        : serviceTier;
  }

  /** A number that is lower for whoever goes first, of any tier and priority. */
  @JsonIgnore
  public long rank() {
    return ((long) tier().ordinal() << Integer.SIZE) + priority;
  }

  /**
   * The same for the queue of a class.
   *
   * @throws Invalid if the batch class has no such tier
   */
  public SchedulingParams in(RequestClass requestClass) {
    if (requestClass != RequestClass.BATCH || tier() == ServiceTier.FLEX) {
      return this;
    }
    if (serviceTier != null && serviceTier != ServiceTier.AUTO) {
      throw new Invalid(
          "service_tier",
          "service_tier must be \"auto\" or \"flex\" in the batch class, but is \"%s\""
              .formatted(serviceTier.label()));
    }
    return new SchedulingParams(priority, ServiceTier.FLEX);
  }
}
