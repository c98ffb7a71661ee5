package io.millrace.api.responses;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.responses.Response.Item;
import io.millrace.api.responses.Response.Part;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of one response: whole, or events in OpenAI's order, each with a number. The only item
 * is a message with one part of text.
 */
final class ResponsesFormat implements AnswerFormat {
  private final ResponseFrame frame;
  private final StringBuilder text = new StringBuilder();
  private @Nullable FinishReason reason;
  private int numEvents;

  ResponsesFormat(ResponseFrame frame) {
    this.frame = frame;
  }

  @Override
  public Object whole(Reply.Finished answer) {
    Item item = frame.item(answer.reason(), List.of(Part.of(answer.text())));
    return frame.ended(item, answer.usage());
  }

  @Override
  public List<Object> opening() {
    Item item = frame.item(null, List.of());
    return List.of(
        response("response.created", frame.inProgress()),
        response("response.in_progress", frame.inProgress()),
        item("response.output_item.added", item),
        part("response.content_part.added", item, Part.of("")));
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    text.append(piece.text());
    return List.of(
        new ResponseEvent.OfDelta(
                "response.output_text.delta",
                numEvents++,
                frame.item(null, List.of()).id(),
                0,
                0,
                piece.text(),
                List.of())
            .named());
  }

  @Override
  public List<Object> end(int index, FinishReason why) {
    reason = why;
    Item item = item();
    return List.of(
        new ResponseEvent.OfText(
                "response.output_text.done",
                numEvents++,
                item.id(),
                0,
                0,
                text.toString(),
                List.of())
            .named(),
        part("response.content_part.done", item, item.content().get(0)),
        item("response.output_item.done", item));
  }

  @Override
  public List<Object> closing(Usage usage) {
    Response ended = frame.ended(item(), usage);
    return List.of(response("response." + ended.status().label(), ended));
  }

  @Override
  public Object failure(ErrorBody error) {
    return response("response.failed", frame.failed(error.error()));
  }

  @Override
  public boolean endsWithDone() {
    return false;
  }

  private Item item() {
    return frame.item(reason, List.of(Part.of(text.toString())));
  }

  private Object response(String type, Response response) {
    return new ResponseEvent.OfResponse(type, numEvents++, response).named();
  }

  private Object item(String type, Item item) {
    return new ResponseEvent.OfItem(type, numEvents++, 0, item).named();
  }

  private Object part(String type, Item item, Part part) {
    return new ResponseEvent.OfPart(type, numEvents++, item.id(), 0, 0, part).named();
  }
}
