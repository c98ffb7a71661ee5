package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  void match(Consumer<Cancel> cancel, Consumer<Resume> resume, Consumer<Drain> drain);

  /**
   * The word that nobody waits for an answer any more: it is dropped from queue and batch.
   *
   * @param id of the request
   * @param why for the log
   * @param reader who says so, if it says so as the reader of the answer: it counts for nothing
   *     once another one has said {@link Resume}; null for whoever may say so in any case
   */
  @JsonTypeName("cancel")
  @JsonInclude(Include.NON_NULL)
  record Cancel(@Required String id, String why, @Nullable String reader)
      implements ControlMessage {
    public Cancel {
      why = why == null ? "" : why;
      if (reader != null) {
        GenerationRequest.requireId("reader", reader);
      }
    }

    /** The word of whoever may say so in any case. */
    public Cancel(String id, String why) {
      this(id, why, null);
    }

    @Override
    public String type() {
      return "cancel";
    }

    @Override
    public void match(Consumer<Cancel> cancel, Consumer<Resume> resume, Consumer<Drain> drain) {
      cancel.accept(this);
    }
  }

  /**
   * The word that another one reads an answer from now on, in the place of whoever read it before:
   * it goes on for as long as that one lives.
   *
   * @param id of the request
   * @param reader its name, as in {@link ReplyAddress#reader}
   * @param announced whether it says on the workers topic that it lives; if not, the answer is made
   *     in any case
   */
  @JsonTypeName("resume")
  record Resume(@Required String id, @Required String reader, boolean announced)
      implements ControlMessage {
    public Resume {
      GenerationRequest.requireId("reader", reader);
    }

    @Override
    public String type() {
      return "resume";
    }

    @Override
    public void match(Consumer<Cancel> cancel, Consumer<Resume> resume, Consumer<Drain> drain) {
      resume.accept(this);
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
    public void match(Consumer<Cancel> cancel, Consumer<Resume> resume, Consumer<Drain> drain) {
      drain.accept(this);
    }
  }
}
