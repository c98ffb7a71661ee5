package io.millrace.models.text;

import io.millrace.models.weights.BadCheckpoint;
import io.millrace.models.weights.BoundedFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A {@code tokenizer.model}: SentencePiece's protobuf message, of which the few fields that matter
 * for encoding are read.
 *
 * @see <a
 *     href="https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto">the
 *     schema</a>
 */
final class SentencePieceFile {
  private static final long MAX_BYTES = 1 << 28;
  private static final int UNIGRAM = 1;
  private static final int BPE = 2;

  private final List<Piece> pieces = new ArrayList<>();
  private int modelType = UNIGRAM;
  private String charsmap = "";
  private boolean dummyPrefix = true;
  private boolean collapseSpaces = true;
  private boolean spaceIsSuffix;

  private SentencePieceFile() {}

  /**
   * Reads a file.
   *
   * @param prefixAfterSpecial see {@link SentencePiece}
   * @throws BadCheckpoint if it is damaged, or neither BPE nor Unigram
   */
  static SentencePiece read(Path path, boolean prefixAfterSpecial) {
    SentencePieceFile file = new SentencePieceFile();
    try {
      file.readModel(new ProtobufMessage(BoundedFiles.bytes(path, MAX_BYTES)));
    } catch (IllegalArgumentException e) {
      throw new BadCheckpoint(path, "is no SentencePiece model: " + e.getMessage());
    }
    if (file.modelType != UNIGRAM && file.modelType != BPE || file.spaceIsSuffix) {
      throw new BadCheckpoint(
          path, "is neither a BPE nor a Unigram model with the space before the word");
    }
    if (file.pieces.isEmpty()) {
      throw new BadCheckpoint(path, "is no SentencePiece model: it has no pieces");
    }
    return new SentencePiece(
        file.pieces,
        file.modelType == UNIGRAM,
        file.dummyPrefix,
        prefixAfterSpecial,
        file.collapseSpaces,
        file.charsmap);
  }

  private void readModel(ProtobufMessage message) {
    while (message.next()) {
      switch (message.field()) {
        case 1 -> pieces.add(piece(message.message()));
        case 2 -> readTrainerSpec(message.message());
        case 3 -> readNormalizerSpec(message.message());
        default -> message.skip();
      }
    }
  }

  private static Piece piece(ProtobufMessage message) {
    String text = "";
    float score = 0;
    int type = 1;
    while (message.next()) {
      switch (message.field()) {
        case 1 -> text = message.text();
        case 2 -> score = message.float32();
        case 3 -> type = (int) message.varint();
        default -> message.skip();
      }
    }
    return new Piece(text, score, Piece.Type.numbered(type));
  }

  private void readTrainerSpec(ProtobufMessage message) {
    while (message.next()) {
      switch (message.field()) {
        case 3 -> modelType = (int) message.varint();
        case 24 -> spaceIsSuffix = message.varint() != 0;
        default -> message.skip();
      }
    }
  }

  private void readNormalizerSpec(ProtobufMessage message) {
    while (message.next()) {
      switch (message.field()) {
        case 2 -> charsmap = Base64.getEncoder().encodeToString(message.bytes());
        case 3 -> dummyPrefix = message.varint() != 0;
        case 4 -> collapseSpaces = message.varint() != 0;
        default -> message.skip();
      }
    }
  }
}
