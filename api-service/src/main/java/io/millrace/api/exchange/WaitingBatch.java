package io.millrace.api.exchange;

import io.millrace.protocol.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Deltas that wait to be read together, those of each answer joined. */
final class WaitingBatch {
  private final Map<Integer, WaitingPiece> pieces = new LinkedHashMap<>();

  void add(Reply.Delta delta) {
    pieces.computeIfAbsent(delta.index(), index -> new WaitingPiece()).add(delta);
  }

  /** How much they weigh, in characters. */
  int size() {
    return pieces.values().stream().mapToInt(WaitingPiece::size).sum();
  }

  /** One piece of each answer, in the order in which they began. */
  List<Reply> joined() {
    return pieces.values().stream().<Reply>map(WaitingPiece::joined).toList();
  }
}
