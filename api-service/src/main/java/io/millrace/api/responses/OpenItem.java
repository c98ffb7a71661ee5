package io.millrace.api.responses;

import io.millrace.api.answer.AnswerPart;
import io.millrace.api.answer.AnswerPart.Kind;
import io.millrace.api.responses.Response.Item;
import io.millrace.api.responses.Response.Part;
import io.millrace.api.responses.Response.Status;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An item of the answer that is being told: what there is of it, and the events that say so. For
 * one stream.
 */
final class OpenItem {
  private final AnswerPart begun;
  private final int index;
  private final String id;
  private final IntSupplier numbers;
  private final StringBuilder told = new StringBuilder();

  /**
   * An item of which nothing is told.
   *
   * @param begun its first piece
   * @param index of the item in the answer
   * @param requestId of the answer
   * @param numbers of events
   */
  OpenItem(AnswerPart begun, int index, String requestId, IntSupplier numbers) {
    this.begun = begun;
    this.index = index;
    this.id = prefix(begun.kind()) + requestId + "_" + index;
    this.numbers = numbers;
  }

  private static String prefix(Kind kind) {
    return switch (kind) {
      case TEXT -> "msg_";
      case REASONING -> "rs_";
      case TOOL_CALL -> "fc_";
    };
  }

  private static String events(Kind kind) {
    return switch (kind) {
      case TEXT -> "response.output_text";
      case REASONING -> "response.reasoning_text";
      case TOOL_CALL -> "response.function_call_arguments";
    };
  }

  /** The piece that it began with. */
  AnswerPart begun() {
    return begun;
  }

  /** The events before its first piece. */
  List<Object> opening() {
    Item item = begun.kind() == Kind.TOOL_CALL ? item(Status.IN_PROGRESS) : withParts(List.of());
    Object added = itemEvent("response.output_item.added", item);
    return begun.kind() == Kind.TOOL_CALL
        ? List.of(added)
        : List.of(added, partEvent("response.content_part.added"));
  }

  /** The event of its next piece. */
  Object more(String text) {
    told.append(text);
    return new ResponseEvent.OfDelta(
            events(begun.kind()) + ".delta",
            numbers.getAsInt(),
            id,
            index,
            begun.kind() == Kind.TOOL_CALL ? null : 0,
            text,
            logprobs())
        .named();
  }

  /** The events after its last piece. */
  List<Object> closing(Status status) {
    String done = events(begun.kind()) + ".done";
    if (begun.kind() == Kind.TOOL_CALL) {
      Object arguments =
          new ResponseEvent.OfArguments(
                  done, numbers.getAsInt(), id, index, begun.functionName(), told.toString())
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
    return switch (begun.kind()) {
      case TEXT -> new Response.Message(id, "message", status, parts, "assistant");
      case REASONING -> new Response.Reasoning(id, "reasoning", status, List.of(), parts);
      case TOOL_CALL ->
          new Response.FunctionCall(
              id, "function_call", status, told.toString(), begun.callId(), begun.functionName());
    };
  }

  private Part part() {
    return begun.kind() == Kind.TEXT
        ? Part.output(told.toString())
        : Part.reasoning(told.toString());
  }

  private @Nullable List<Object> logprobs() {
    return begun.kind() == Kind.TEXT ? List.of() : null;
  }

  private Object itemEvent(String type, Item item) {
    return new ResponseEvent.OfItem(type, numbers.getAsInt(), index, item).named();
  }

  private Object partEvent(String type) {
    return new ResponseEvent.OfPart(type, numbers.getAsInt(), id, index, 0, part()).named();
  }
}
