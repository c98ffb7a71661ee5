package io.millrace.bench.checkpoint;

import io.millrace.bench.checkpoint.LlamaShape.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The file of a checkpoint of random weights in bfloat16, written piece by piece: normally
 * distributed, as narrow as keeps activations of a size, so that it can be computed with and packed
 * like one that was trained. What it says means nothing.
 */
final class RandomCheckpointFile {
  private static final String CONFIG = "config.json";

  /** Files that a model's texts are made with. */
  private static final List<String> OF_TEXT =
      List.of("tokenizer", "special_tokens", "added_tokens", "vocab", "merges", "chat_template");

  private static final int PIECE_BYTES = 1 << 22;
  private static final int ALIGNMENT = 8;
  private static final short ONE = (short) (Float.floatToRawIntBits(1) >>> Short.SIZE);

  /** The sum of so many uniform numbers is as good as normally distributed. */
  private static final int UNIFORMS = 4;

  private final LlamaShape shape;
  private final SplittableRandom random;

  RandomCheckpointFile(LlamaShape shape, long seed) {
    this.shape = shape;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Writes {@code config.json}, {@code model.safetensors}, and the files of a tokenizer.
   *
   * @param folder is made if it is missing
   * @param tokenizer folder of a model whose tokenizer is taken; it need not know all tokens
   * @return bytes of the weights
   */
  long writeTo(Path folder, Path tokenizer) throws IOException {
    Files.createDirectories(folder);
    copyText(tokenizer, folder);
    Files.writeString(folder.resolve(CONFIG), shape.config().toPrettyString());
    return writeWeights(folder.resolve("model.safetensors"));
  }

  private static void copyText(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (OF_TEXT.stream().anyMatch(name::startsWith)) {
          Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private long writeWeights(Path file) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long bytes = 0;
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, header());
      for (Tensor tensor : shape.tensors()) {
        bytes += write(channel, tensor, piece);
      }
    }
    return bytes;
  }

  /** The header's length, and the header, padded so that the tensors are aligned. */
  private ByteBuffer header() {
    ObjectNode header = JsonMapper.shared().createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long begin = 0;
    for (Tensor tensor : shape.tensors()) {
      long end = begin + tensor.elements() * Short.BYTES;
      ObjectNode entry = header.putObject(tensor.name()).put("dtype", "BF16");
      tensor.shape().forEach(entry.withArray("shape")::add);
      entry.putArray("data_offsets").add(begin).add(end);
      begin = end;
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int length = (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(text);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.flip();
  }

  private long write(FileChannel channel, Tensor tensor, ByteBuffer piece) throws IOException {
    float deviation = (float) (1 / Math.sqrt(tensor.columns()));
    long left = tensor.elements();
    while (left > 0) {
      int count = (int) Math.min(left, piece.capacity() / Short.BYTES);
      piece.clear();
      for (int i = 0; i < count; i++) {
        piece.putShort(tensor.isNorm() ? ONE : draw(deviation));
      }
      write(channel, piece.flip());
      left -= count;
    }
    return tensor.elements() * Short.BYTES;
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** A number of mean 0, as the sum of uniform ones of 16 bits each, cut to bfloat16. */
  private short draw(float deviation) {
    long bits = random.nextLong();
    int sum = 0;
    for (int i = 0; i < UNIFORMS; i++) {
      sum += (int) (bits >>> i * Short.SIZE & 0xFFFF);
    }
    // Each has a variance of 1/12 of its range squared.
    float uniform = (sum - UNIFORMS * 0x7FFF) / (float) 0x10000;
    float value = uniform * deviation * (float) Math.sqrt(12.0 / UNIFORMS);
    return (short) (Float.floatToRawIntBits(value) >>> Short.SIZE);
  }
}
