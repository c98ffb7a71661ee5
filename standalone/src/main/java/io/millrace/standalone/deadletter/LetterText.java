package io.millrace.standalone.deadletter;

import io.millrace.protocol.TopicNames;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The ways in which dead letters are shown: lines of at most 80 columns, a page, JSON. */
final class LetterText {
  private static final int COLUMNS = 80;
  private static final String CUT = "...";

  private LetterText() {}

  /** Two lines: which request it was, and why it could not be answered. */
  static String lines(Letter letter, TopicNames names) {
    String topic =
        names
            .parse(letter.cause().topic())
            .map(it -> it.model() + " " + it.requestClass().label())
            .orElse(letter.cause().topic());
    String head =
        "%8d  %s  %s%s  %s"
            .formatted(
                letter.offset(),
                letter.at().truncatedTo(ChronoUnit.SECONDS),
                letter.replayed() ? "replayed  " : "",
                letter.id().isEmpty() ? "no id" : letter.id(),
                topic);
    return cut(head) + System.lineSeparator() + cut(" ".repeat(10) + letter.cause().reason());
  }

  private static String cut(String line) {
    String single = line.replaceAll("\\p{Cntrl}+", " ");
    return single.length() <= COLUMNS ? single : single.substring(0, COLUMNS - 3) + CUT;
  }

  /** All that is known of it, nothing cut. */
  static String page(Letter letter, ConsumerRecord<String, byte[]> record) {
    String text = text(record.value());
    return """
        offset    %d
        at        %s
        id        %s
        key       %s
        replayed  %s
        reason    %s
        attempts  %d
        worker    %s
        request   %s-%d@%d
        value     %s"""
        .formatted(
            letter.offset(),
            letter.at(),
            letter.id().isEmpty() ? "none" : letter.id(),
            record.key() == null ? "none" : record.key(),
            letter.replayed() ? "yes" : "no",
            letter.cause().reason(),
            letter.cause().attempts(),
            letter.cause().worker(),
            letter.cause().topic(),
            letter.cause().partition(),
            letter.cause().offset(),
            text != null
                ? text
                : record.value() == null
                    ? "none"
                    : "base64 " + Base64.getEncoder().encodeToString(record.value()));
  }

  /** An object without the value. */
  static ObjectNode json(Letter letter) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("offset", letter.offset());
    json.put("at", letter.at().toString());
    json.put("id", letter.id());
    json.put("replayed", letter.replayed());
    json.put("reason", letter.cause().reason());
    json.put("attempts", letter.cause().attempts());
    json.put("worker", letter.cause().worker());
    json.put("topic", letter.cause().topic());
    json.put("topic_partition", letter.cause().partition());
    json.put("topic_offset", letter.cause().offset());
    json.put("bytes", letter.bytes());
    return json;
  }

  /** An object with key and value; a value that is no text is in {@code value_base64}. */
  static ObjectNode json(Letter letter, ConsumerRecord<String, byte[]> record) {
    ObjectNode json = json(letter);
    json.put("key", record.key());
    String text = text(record.value());
    if (text == null && record.value() != null) {
      json.put("value_base64", Base64.getEncoder().encodeToString(record.value()));
    } else {
      json.put("value", text);
    }
    return json;
  }

  private static @Nullable String text(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
