package io.millrace.models.weights;

import io.millrace.testing.GgufWriter;
import io.millrace.testing.LittleEndian;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;

/** GGUF files that are wrong, each in one way. */
final class DamagedGguf {
  private static final int F32 = GgufWriter.F32;
  private static final int Q4_K = 12;
  private static final TinyCheckpoint TINY = TinyCheckpoint.llama().withLayers(1);

  private DamagedGguf() {}

  static Stream<Damage> cases() {
    return Stream.concat(headers(), tensors());
  }

  private static Stream<Damage> headers() {
    byte[] valid = valid();
    return Stream.of(
        file("an empty file", "not a GGUF file", new byte[0]),
        file("a web page", "not a GGUF file", "<html>404</html>".getBytes(StandardCharsets.UTF_8)),
        file("version 1", "version 1", metadata().version(1)),
        file("big-endian", "big-endian", metadata().version(3 << 24)),
        file(
            "2^62 tensors",
            "claims 4611686018427387904 tensors",
            new GgufWriter().claim(1L << 62, 0)),
        file(
            "2^62 values",
            "claims 4611686018427387904 metadata",
            new GgufWriter().claim(0, 1L << 62)),
        file("more values than there are", "cut short", new GgufWriter().claim(0, 60_000)),
        file("the middle missing", "cut short", Arrays.copyOf(valid, valid.length / 2)),
        file("the header cut off", "cut short", Arrays.copyOf(valid, 300)),
        file("an unknown kind", "unknown kind 77", raw(77, new byte[8])),
        file("a string of 2^62 bytes", "cut short", raw(8, number(1L << 62))),
        file(
            "an array of 2^62 numbers",
            "claims 4611686018427387904 elements",
            raw(9, array(4, 1L << 62))),
        file(
            "an array of 2^62 strings",
            "claims 4611686018427387904 elements",
            raw(9, array(8, 1L << 62))),
        file("arrays nested without end", "nested 5 deep", raw(9, nested())),
        file("a key twice", "is there twice", metadata().put("general.architecture", "llama")),
        file("no architecture", "architecture ''", new GgufWriter().put("x", 1)),
        file(
            "another architecture",
            "'gpt2', which is not supported",
            new GgufWriter().put("general.architecture", "gpt2")),
        file("an alignment of zero", "general.alignment", metadata().put("general.alignment", 0)),
        file(
            "an architecture that is a number",
            "must be a string",
            new GgufWriter().put("general.architecture", 7)),
        file(
            "no layer count",
            "lacks the metadata llama.embedding_length",
            new GgufWriter().put("general.architecture", "llama")),
        file("experts", "mixture of 8 experts", metadata().put("llama.expert_count", 8)));
  }

  private static Stream<Damage> tensors() {
    return Stream.of(
        tensor("a tensor past the end", "cut short", "output.weight", F32, 0, 1L << 30),
        tensor("a shape of 2^66", "more than 2^56", "output.weight", F32, 0, 1L << 33, 1L << 33),
        tensor("a negative dimension", "the dimension -4", "output.weight", F32, 0, -4),
        tensor("a crooked offset", "not a multiple of 32", "output.weight", F32, 5, 1),
        tensor(
            "an offset that wraps around",
            "cut short",
            "output.weight",
            F32,
            Long.MAX_VALUE - 31,
            1),
        tensor(
            "a part of a block",
            "not a multiple of Q4_K's block",
            "output.weight",
            Q4_K,
            0,
            4,
            100),
        tensor("five dimensions", "5 dimensions", "output.weight", F32, 0, 1, 1, 1, 1, 1),
        tensor("a tensor of another model", "does not belong", "blk.0.ssm_a", F32, 0, 1),
        tensor(
            "rows that heads do not share",
            "heads do not share",
            "blk.0.attn_q.weight",
            F32,
            0,
            3,
            1),
        file(
            "a tensor twice",
            "is there twice",
            metadata()
                .describe("output.weight", F32, new long[] {1}, 0)
                .describe("output.weight", F32, new long[] {1}, 0)),
        file(
            "tensors that overlap",
            "overlap",
            metadata()
                .add("output.weight", F32, new long[] {64}, new byte[256])
                .describe("output_norm.weight", F32, new long[] {8}, 32)));
  }

  private static GgufWriter metadata() {
    return TinyGguf.metadata(TINY);
  }

  static byte[] valid() {
    return TinyGguf.bytes(TINY);
  }

  private static Damage file(String what, String message, GgufWriter writer) {
    return file(what, message, writer.toBytes());
  }

  private static Damage file(String what, String message, byte[] bytes) {
    return new Damage(
        "gguf: " + what, message, folder -> Files.write(folder.resolve("model.gguf"), bytes));
  }

  private static Damage tensor(
      String what, String message, String name, int type, long offset, long... shape) {
    byte[] described = metadata().describe(name, type, shape, offset).toBytes();
    return file(what, message, new LittleEndian().bytes(described).bytes(new byte[64]).toBytes());
  }

  private static GgufWriter raw(int kind, byte[] value) {
    return metadata().putRaw("damaged", kind, value);
  }

  private static byte[] number(long value) {
    return new LittleEndian().u64(value).toBytes();
  }

  private static byte[] array(int kind, long count) {
    return new LittleEndian().u32(kind).u64(count).toBytes();
  }

  private static byte[] nested() {
    LittleEndian bytes = new LittleEndian();
    for (int depth = 0; depth < 100_000; depth++) {
      bytes.u32(9).u64(1);
    }
    return bytes.toBytes();
  }
}
