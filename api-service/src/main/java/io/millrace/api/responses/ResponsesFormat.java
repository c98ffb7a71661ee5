package io.millrace.api.responses;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.AnswerPart;
import io.millrace.api.answer.AnswerPart.Kind;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.responses.Response.Item;
import io.millrace.api.responses.Response.Status;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of one response: whole, or events in OpenAI's order, each with a number. What the model
 * thinks, what it says, and each call of a function are items, in the order in which they begin; an
 * answer that says nothing has a message without text.
 */
final class ResponsesFormat implements AnswerFormat {
  private final ResponseFrame frame;
  private final List<Item> items = new ArrayList<>();
  private @Nullable OpenItem open;
  private Status status = Status.IN_PROGRESS;
  private int numEvents;

  ResponsesFormat(ResponseFrame frame) {
    this.frame = frame;
  }

  @Override
  public Object whole(Reply.Finished answer) {
    Reply.Choice only = answer.choices().get(0);
    add(only.said());
    end(0, only.reason());
    return frame.ended(status, items, answer.usage());
  }

  @Override
  public void numberFrom(int number) {
    numEvents = number;
  }

  @Override
  public List<Object> opening() {
    return List.of(
        response("response.created", frame.inProgress()),
        response("response.in_progress", frame.inProgress()));
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    return add(piece.said());
  }

  private List<Object> add(AnswerPiece said) {
    List<Object> events = new ArrayList<>();
    AnswerPart.of(said).forEach(part -> add(events, part));
    return events;
  }

  private void add(List<Object> events, AnswerPart part) {
    OpenItem item = open;
    if (item == null || !part.continues(item.begun())) {
      close(events, Status.COMPLETED);
      item = open(events, part);
    }
    if (!part.text().isEmpty()) {
      events.add(item.more(part.text()));
    }
  }

  private OpenItem open(List<Object> events, AnswerPart part) {
    OpenItem item = new OpenItem(part, items.size(), frame.id(), () -> numEvents++);
    events.addAll(item.opening());
    open = item;
    return item;
  }

  private void close(List<Object> events, Status why) {
    if (open != null) {
      events.addAll(open.closing(why));
      items.add(open.item(why));
      open = null;
    }
  }

  @Override
  public List<Object> end(int index, FinishReason why) {
    List<Object> events = new ArrayList<>();
    if (open == null && items.isEmpty()) {
      open(events, new AnswerPart(Kind.TEXT, null, ""));
    }
    status = why == FinishReason.LENGTH ? Status.INCOMPLETE : Status.COMPLETED;
    close(events, status);
    return events;
  }

  @Override
  public List<Object> closing(Usage usage) {
    return List.of(response("response." + status.label(), frame.ended(status, items, usage)));
  }

  @Override
  public Object failure(ErrorBody error) {
    return response("response.failed", frame.failed(error.error()));
  }

  @Override
  public boolean endsWithDone() {
    return false;
  }

  private Object response(String type, Response response) {
    return new ResponseEvent.OfResponse(type, numEvents++, response).named();
  }
}
