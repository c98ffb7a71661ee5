package io.millrace.api.responses;

import io.millrace.api.responses.Response.Item;
import io.millrace.api.responses.Response.Part;
import io.millrace.api.responses.Response.Status;
import io.millrace.protocol.ToolCallDelta;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An item of the answer that is being told: what there is of it, and the events that say so. For
 * one stream.
 */
final class OpenItem {
  /** What an item is. */
  enum Kind {
    MESSAGE("msg_", "response.output_text"),
    REASONING("rs_", "response.reasoning_text"),
    FUNCTION_CALL("fc_", "response.function_call_arguments");

    private final String prefix;
    private final String events;

    Kind(String prefix, String events) {
      this.prefix = prefix;
      this.events = events;
    }
  }

  private final Kind kind;
  private final @Nullable ToolCallDelta call;
  private final int index;
  private final String id;
  private final IntSupplier numbers;
  private final StringBuilder told = new StringBuilder();

  /**
   * An item of which nothing is told.
   *
   * @param call its first piece; null unless it is one
   * @param index of the item in the answer
   * @param requestId of the answer
   * @param numbers of events
   */
  OpenItem(
      Kind kind, @Nullable ToolCallDelta call, int index, String requestId, IntSupplier numbers) {
    this.kind = kind;
    this.call = call;
    this.index = index;
    this.id = kind.prefix + requestId + "_" + index;
    this.numbers = numbers;
  }

  /** Whether a piece of that kind, and of that call, belongs to it. */
  boolean goesOn(Kind other, @Nullable ToolCallDelta more) {
    return kind == other && (more == null || call == null || more.index() == call.index());
  }

  /** The events before its first piece. */
  List<Object> opening() {
    Item item = kind == Kind.FUNCTION_CALL ? item(Status.IN_PROGRESS) : withParts(List.of());
    Object added = itemEvent("response.output_item.added", item);
    return kind == Kind.FUNCTION_CALL
        ? List.of(added)
        : List.of(added, partEvent("response.content_part.added"));
  }

  /** The event of its next piece. */
  Object more(String text) {
    told.append(text);
    return new ResponseEvent.OfDelta(
            kind.events + ".delta",
            numbers.getAsInt(),
            id,
            index,
            kind == Kind.FUNCTION_CALL ? null : 0,
            text,
            logprobs())
        .named();
  }

  /** The events after its last piece. */
  List<Object> closing(Status status) {
    String done = kind.events + ".done";
    if (kind == Kind.FUNCTION_CALL) {
      Object arguments =
          new ResponseEvent.OfArguments(
                  done, numbers.getAsInt(), id, index, name(), told.toString())
              .named();
      return List.of(arguments, itemEvent("response.output_item.done", item(status)));
    }
    Object text =
        new ResponseEvent.OfText(
                done, numbers.getAsInt(), id, index, 0, told.toString(), logprobs())
            .named();
    return List.of(
        text,
        partEvent("response.content_part.done"),
        itemEvent("response.output_item.done", item(status)));
  }

  /** The item with all that was told. */
  Item item(Status status) {
    return item(status, List.of(part()));
  }

  private Item withParts(List<Part> parts) {
    return item(Status.IN_PROGRESS, parts);
  }

  private Item item(Status status, List<Part> parts) {
    return switch (kind) {
      case MESSAGE -> new Response.Message(id, "message", status, parts, "assistant");
      case REASONING -> new Response.Reasoning(id, "reasoning", status, List.of(), parts);
      case FUNCTION_CALL ->
          new Response.FunctionCall(id, "function_call", status, told.toString(), callId(), name());
    };
  }

  private Part part() {
    return kind == Kind.MESSAGE ? Part.output(told.toString()) : Part.reasoning(told.toString());
  }

  private @Nullable List<Object> logprobs() {
    return kind == Kind.MESSAGE ? List.of() : null;
  }

  private String callId() {
    return call == null ? "" : Objects.requireNonNullElse(call.id(), "");
  }

  private String name() {
    return call == null ? "" : Objects.requireNonNullElse(call.function().name(), "");
  }

  private Object itemEvent(String type, Item item) {
    return new ResponseEvent.OfItem(type, numbers.getAsInt(), index, item).named();
  }

  private Object partEvent(String type) {
    return new ResponseEvent.OfPart(type, numbers.getAsInt(), id, index, 0, part()).named();
  }
}
