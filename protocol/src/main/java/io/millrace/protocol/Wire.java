package io.millrace.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Records to bytes and back: JSON with the field names of OpenAI and vLLM. What a record does not
 * have is left out, and unknown fields are ignored, so that newer writers can talk to older
 * readers.
 */
public final class Wire {
  /** The largest record, in bytes and unpacked: compression makes megabytes of JSON very small. */
  public static final int MAX_RECORD_BYTES = 8 * 1024 * 1024;

  private static final ObjectWriter WRITER = JsonRecords.MAPPER.writer();

  private static final ObjectReader REPLIES = JsonRecords.MAPPER.readerFor(Reply.class);
  private static final ObjectReader CONTROL = JsonRecords.MAPPER.readerFor(ControlMessage.class);
  private static final ObjectReader STATES = JsonRecords.MAPPER.readerFor(WorkerState.class);
  private static final ObjectReader READERS = JsonRecords.MAPPER.readerFor(ReaderState.class);
  private static final ObjectReader MODELS = JsonRecords.MAPPER.readerFor(ModelState.class);

  private static final ObjectReader JOBS = JsonRecords.MAPPER.readerFor(JobRecord.class);

  private Wire() {}

  /**
   * Reads a request and writes replies once, for which Jackson looks at their classes: half a
   * second that the first request would wait otherwise.
   */
  public static void warmUp() {
    RequestDefaults defaults =
        new RequestDefaults(() -> "id", Instant.EPOCH, "replies", null, RequestClass.INTERACTIVE);
    byte[] request = "{\"prompt\":\"\"}".getBytes(StandardCharsets.UTF_8);
    String id = IncomingRequest.of(request, defaults).request().id();
    encode(new Reply.Accepted(id, 1, "", "", 0));
    encode(new Reply.Delta(id, 1, 1, 0, ""));
    Reply.Choice only =
        new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of());
    encode(new Reply.Finished(id, 1, only, new Usage(0, 1)));
  }

  /** A request as the value of a Kafka record. */
  public static byte[] encode(GenerationRequest request) {
    return WRITER.writeValueAsBytes(request);
  }

  /**
   * Reads a request, see {@link IncomingRequest#of}.
   *
   * @throws Invalid in words for whoever wrote it
   */
  public static GenerationRequest decodeRequest(
      byte[] value, String fallbackId, Instant recordTime) {
    return IncomingRequest.of(value, new RequestDefaults(fallbackId, recordTime)).request();
  }

  /** A reply as the value of a Kafka record. */
  public static byte[] encode(Reply reply) {
    return WRITER.writeValueAsBytes(reply);
  }

  /** A reply with what comes back with it as the value of a Kafka record. */
  public static byte[] encode(Reply reply, Echo echo) {
    if (echo.equals(Echo.NONE)) {
      return encode(reply);
    }
    ObjectNode tree = JsonRecords.MAPPER.valueToTree(reply);
    echo.addTo(tree);
    return WRITER.writeValueAsBytes(tree);
  }

  /** Reads a reply; throws {@link Invalid} for what is none. */
  public static Reply decodeReply(byte[] value) {
    return decode(REPLIES, value, Reply.class);
  }

  /** A control message as the value of a Kafka record. */
  public static byte[] encode(ControlMessage message) {
    return WRITER.writeValueAsBytes(message);
  }

  /** Reads a control message; throws {@link Invalid} for what is none. */
  public static ControlMessage decodeControl(byte[] value) {
    return decode(CONTROL, value, ControlMessage.class);
  }

  /** A worker's state as the value of a Kafka record. */
  public static byte[] encode(WorkerState state) {
    return WRITER.writeValueAsBytes(state);
  }

  /** A reader's word that it lives as the value of a Kafka record. */
  public static byte[] encode(ReaderState state) {
    return WRITER.writeValueAsBytes(state);
  }

  /** Reads a reader's word that it lives; throws {@link Invalid} for what is none. */
  public static ReaderState decodeReaderState(byte[] value) {
    return decode(READERS, value, ReaderState.class);
  }

  /** What is known of a model as the value of a Kafka record. */
  public static byte[] encode(ModelState state) {
    return WRITER.writeValueAsBytes(state);
  }

  /** Reads what is known of a model; throws {@link Invalid} for what is nothing of it. */
  public static ModelState decodeModelState(byte[] value) {
    return decode(MODELS, value, ModelState.class);
  }

  /** What is known of a job as the value of a Kafka record. */
  public static byte[] encode(JobRecord job) {
    return WRITER.writeValueAsBytes(job);
  }

  /** Reads what is known of a job; throws {@link Invalid} for what is nothing of it. */
  public static JobRecord decodeJob(byte[] value) {
    return decode(JOBS, value, JobRecord.class);
  }

  /** Reads a worker's state; throws {@link Invalid} for what is none. */
  public static WorkerState decodeWorkerState(byte[] value) {
    return decode(STATES, value, WorkerState.class);
  }

  /** Without a tree of the record, unless it is wrong and there are words to be found for that. */
  private static <T> T decode(ObjectReader reader, byte[] value, Class<T> type) {
    try {
      T record = reader.readValue(value);
      if (record != null) {
        return record;
      }
    } catch (JacksonException wrong) {
      // The same again, which says what is wrong.
    }
    return JsonRecords.read(JsonRecords.parse(value), type);
  }
}
