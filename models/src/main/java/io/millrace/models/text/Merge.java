package io.millrace.models.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two neighbouring tokens that byte-pair encoding joins; the earlier in a list, the sooner. */
record Merge(String left, String right) {

  /** As GGUF writes it: a space between the two, the first of which may begin with one. */
  static Merge parse(String pair) {
    int space = pair.indexOf(' ', 1);
    if (space < 0 || space == pair.length() - 1) {
      throw new IllegalArgumentException("the merge \"" + pair + "\" is not two tokens");
    }
    return new Merge(pair.substring(0, space), pair.substring(space + 1));
  }

  /**
   * The merges that join pieces as SentencePiece's BPE does: any two neighbours whose joined text
   * is a piece, the one of the highest score first. Of pairs that make the same piece the longest
   * left part goes first, as in transformers' {@code LlamaConverter}.
   */
  static List<Merge> byScore(List<Piece> pieces) {
    Map<String, Integer> idOf = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      if (isMergeable(pieces.get(id))) {
        idOf.put(pieces.get(id).text(), id);
      }
    }
    List<Piece> highestFirst = new ArrayList<>(pieces);
    highestFirst.removeIf(piece -> !isMergeable(piece));
    highestFirst.sort(Comparator.comparingDouble(Piece::score).reversed());
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : highestFirst) {
      addSplits(piece.text(), idOf, merges);
    }
    return merges;
  }

  private static boolean isMergeable(Piece piece) {
    return piece.type() == Piece.Type.NORMAL || piece.type() == Piece.Type.UNUSED;
  }

  private static void addSplits(String text, Map<String, Integer> idOf, List<Merge> merges) {
    for (int cut = text.length() - 1; cut > 0; cut--) {
      if (Character.isLowSurrogate(text.charAt(cut))) {
        continue;
      }
      Merge merge = new Merge(text.substring(0, cut), text.substring(cut));
      if (idOf.containsKey(merge.left) && idOf.containsKey(merge.right)) {
        merges.add(merge);
      }
    }
  }
}
