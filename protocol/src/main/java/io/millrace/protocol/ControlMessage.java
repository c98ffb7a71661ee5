package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.function.Consumer;

/** A record of the control topic, which every worker reads. */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    property = "type")
@JsonPropertyOrder("type")
public sealed interface ControlMessage {

  /** Which of the messages it is, as its JSON says. */
  @JsonProperty
  String type();

  /** Does what belongs to the kind of this message; a new kind has an argument of its own. */
  void match(Consumer<Cancel> cancel, Consumer<Drain> drain);

  /**
   * The word that nobody waits for an answer any more: it is dropped from queue and batch.
   *
   * @param id of the request
   * @param why for the log
   */
  @JsonTypeName("cancel")
  record Cancel(@Required String id, String why) implements ControlMessage {
    public Cancel {
      why = why == null ? "" : why;
    }

    @Override
    public String type() {
      return "cancel";
    }

    @Override
    public void match(Consumer<Cancel> cancel, Consumer<Drain> drain) {
      cancel.accept(this);
    }
  }

  /**
   * The word to a worker that it finishes what it has and takes no more.
   *
   * @param worker its name
   */
  @JsonTypeName("drain")
  record Drain(@Required String worker) implements ControlMessage {
    @Override
    public String type() {
      return "drain";
    }

    @Override
    public void match(Consumer<Cancel> cancel, Consumer<Drain> drain) {
      drain.accept(this);
    }
  }
}
