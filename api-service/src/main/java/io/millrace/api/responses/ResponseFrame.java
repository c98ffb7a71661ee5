package io.millrace.api.responses;

import io.millrace.api.error.ErrorBody;
import io.millrace.api.responses.Response.Item;
import io.millrace.api.responses.Response.Status;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a response says at all times: who it is, and what was asked for.
 *
 * @param id of the request
 * @param createdAt seconds since 1970
 * @param metadata the client's own; null for none
 */
record ResponseFrame(
    String id,
    long createdAt,
    String model,
    @Nullable String instructions,
    @Nullable Integer maxOutputTokens,
    @Nullable JsonNode metadata,
    SamplingParams sampling,
    TextFormat format,
    ResponseTools tools,
    SchedulingParams scheduling) {

  /** The response before its end. */
  Response inProgress() {
    return response(Status.IN_PROGRESS, null, List.of(), null);
  }

  /** The response at its end. */
  Response ended(Status status, List<Item> items, Usage usage) {
    return response(status, null, List.copyOf(items), Response.Usage.of(usage));
  }

  /** The response that has no end. */
  Response failed(ErrorBody.Detail error) {
    String code =
        switch (error.code()) {
          case "overloaded" -> "rate_limit_exceeded";
          case "invalid" -> "invalid_prompt";
          default -> "server_error";
        };
    return response(Status.FAILED, new Response.Problem(code, error.message()), List.of(), null);
  }

  private Response response(
      Status status,
      Response.@Nullable Problem error,
      List<Item> output,
      Response.@Nullable Usage usage) {
    return new Response(
        "resp_" + id,
        "response",
        createdAt,
        status,
        false,
        error,
        status == Status.INCOMPLETE ? new Response.Incomplete("max_output_tokens") : null,
        instructions,
        maxOutputTokens,
        null,
        metadata == null ? JsonMapper.shared().createObjectNode() : metadata,
        model,
        output,
        tools.parallel(),
        null,
        null,
        scheduling.serviceTier() == null ? null : scheduling.tier(),
        false,
        sampling.temperature(),
        format,
        tools.sentChoice(),
        tools.sentTools(),
        0,
        sampling.topP(),
        "disabled",
        usage);
  }
}
