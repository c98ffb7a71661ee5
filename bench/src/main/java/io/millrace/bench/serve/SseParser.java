package io.millrace.bench.serve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A parser of server-sent events, wherever the network cuts the bytes. Fields other than data, and
 * comments, are skipped.
 */
final class SseParser {
  private static final String DATA = "data";

  private final Consumer<String> sink;
  private byte[] line = new byte[512];
  private int length;
  private boolean afterReturn;
  private final StringBuilder data = new StringBuilder();
  private boolean anyData;

  /**
   * @param sink is handed the data of each event
   */
  SseParser(Consumer<String> sink) {
    this.sink = sink;
  }

  void accept(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' && afterReturn) {
        afterReturn = false;
        continue;
      }
      afterReturn = next == '\r';
      if (next == '\n' || next == '\r') {
        endLine();
      } else {
        append(next);
      }
    }
  }

  /** Ends an event that no empty line has ended. */
  void finish() {
    if (length > 0) {
      endLine();
    }
    endEvent();
  }

  private void append(byte next) {
    if (length == line.length) {
      line = Arrays.copyOf(line, 2 * length);
    }
    line[length++] = next;
  }

  private void endLine() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8);
    length = 0;
    if (text.isEmpty()) {
      endEvent();
      return;
    }
    int colon = text.indexOf(':');
    String field = colon < 0 ? text : text.substring(0, colon);
    if (field.equals(DATA)) {
      String value = colon < 0 ? "" : text.substring(colon + 1);
      if (anyData) {
        data.append('\n');
      }
      anyData = true;
      data.append(value.startsWith(" ") ? value.substring(1) : value);
    }
  }

  private void endEvent() {
    if (anyData) {
      String event = data.toString();
      data.setLength(0);
      anyData = false;
      sink.accept(event);
    }
  }
}
