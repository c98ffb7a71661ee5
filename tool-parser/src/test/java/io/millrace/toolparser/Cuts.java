package io.millrace.toolparser;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ways in which the text of an answer may come. */
final class Cuts {
  private Cuts() {}

  /** Whole, unit by unit, byte by byte, and in two at every place. */
  static List<List<String>> all(String text) {
    List<List<String>> cuts = new ArrayList<>();
    cuts.add(List.of(text));
    cuts.add(text.chars().mapToObj(unit -> String.valueOf((char) unit)).toList());
    cuts.add(bytes(text));
    for (int i = 1; i < text.length(); i++) {
      cuts.add(List.of(text.substring(0, i), text.substring(i)));
    }
    return cuts;
  }

  /** Each byte of UTF-8 for itself, as a decoder turns it into text. */
  private static List<String> bytes(String text) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.allocate(8);
    CharBuffer out = CharBuffer.allocate(8);
    List<String> pieces = new ArrayList<>();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      in.put(each).flip();
      decoder.decode(in, out, false);
      in.compact();
      pieces.add(out.flip().toString());
      out.clear();
    }
    return pieces;
  }

  /** Pieces of up to some characters. */
  static List<String> random(String text, Random random, int most) {
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(most));
      pieces.add(text.substring(at, end));
      at = end;
    }
    return pieces;
  }
}
