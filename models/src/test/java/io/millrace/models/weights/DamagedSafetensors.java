package io.millrace.models.weights;

import io.millrace.testing.LittleEndian;
import io.millrace.testing.SafetensorsWriter;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Safetensors files that are wrong, each in one way. */
final class DamagedSafetensors {
  private DamagedSafetensors() {}

  static Stream<Damage> cases() {
    return Stream.of(
        file("an empty file", "cut short", new byte[0]),
        file("a header length alone", "its header takes 64 bytes", length(64)),
        file("a header of 2^62 bytes", "claims a header of 4611686018427387904", length(1L << 62)),
        file("a negative header length", "18446744073709551615", length(-1)),
        file("a header of a gigabyte", "the limit is 100000000", length(1 << 30)),
        file("the last byte cut off", "cut short", cut(valid(), 1)),
        file("the header cut in two", "cut short", Arrays.copyOf(valid(), 100)),
        file("bytes at the end", "4 bytes at the end", joined(valid(), new byte[4])),
        header("a header that is no JSON", "not valid JSON", "{\"t\": \u0000"),
        header("a header that is a list", "must be a JSON object", "[1, 2]"),
        header("a header with a tail", "goes on", "{} {}"),
        header(
            "a header that nests without end",
            "not valid JSON",
            "{\"__metadata__\":" + "[".repeat(100_000)),
        header("a tensor that is a number", "described by no object", "{\"t\": 5}"),
        header(
            "a tensor twice",
            "tensor t is there twice",
            "{\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                + "\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
        header(
            "a shape of a million dimensions",
            "up to 8 whole numbers",
            "{\"t\":{\"shape\":[" + "1,".repeat(1_000_000) + "1]}}"),
        header(
            "a number past 64 bits",
            "not valid JSON",
            "{\"t\":{\"dtype\":\"U8\",\"shape\":[99999999999999999999],\"data_offsets\":[0,0]}}"),
        tensor("an unknown dtype", "dtype F4", "F4", shape(2), 0, 1),
        tensor("a shape that the bytes do not fill", "takes 12 bytes", "F32", shape(3), 0, 8),
        tensor("a negative dimension", "the dimension -1", "F32", shape(-1, -2), 0, 8),
        tensor("a shape of 2^66", "more than 2^56", "F32", shape(1L << 33, 1L << 33), 0, 8),
        tensor("offsets past the end", "cut short", "U8", shape(1L << 40), 0, 1L << 40),
        tensor(
            "offsets that wrap around",
            "cut short",
            "U8",
            shape(1),
            Long.MAX_VALUE - 1,
            Long.MAX_VALUE),
        tensor("offsets the wrong way round", "data_offsets", "U8", shape(4), 4, 0),
        tensor("a gap", "belong to none", "U8", shape(4), 4, 8),
        file(
            "tensors that overlap",
            "overlap",
            new SafetensorsWriter()
                .add("a", "U8", shape(8), new byte[8])
                .describe("b", "U8", shape(4), 2, 6)
                .toBytes()));
  }

  private static Damage file(String what, String message, byte[] bytes) {
    return new Damage(what, message, folder -> write(folder, bytes));
  }

  private static Damage header(String what, String message, String header) {
    return file(what, message, SafetensorsWriter.file(header, new byte[0]));
  }

  private static Damage tensor(
      String what, String message, String type, long[] shape, long begin, long end) {
    byte[] described = new SafetensorsWriter().describe("t", type, shape, begin, end).toBytes();
    return file(what, message, joined(described, new byte[8]));
  }

  static byte[] valid() {
    SafetensorsWriter writer = new SafetensorsWriter();
    TinyCheckpoint.llama().withLayers(1).tensors().forEach(writer::add);
    return writer.toBytes();
  }

  static void write(Path folder, byte[] bytes) throws IOException {
    TinyCheckpoint.llama().writeAllButWeights(folder);
    Files.write(folder.resolve("model.safetensors"), bytes);
  }

  private static byte[] length(long length) {
    return new LittleEndian().u64(length).toBytes();
  }

  private static long[] shape(long... dimensions) {
    return dimensions;
  }

  private static byte[] cut(byte[] bytes, int count) {
    return Arrays.copyOf(bytes, bytes.length - count);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return new LittleEndian().bytes(first).bytes(second).toBytes();
  }
}
