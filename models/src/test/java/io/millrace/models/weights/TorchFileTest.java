package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.LittleEndian;
import io.millrace.testing.PickleWriter;
import io.millrace.testing.TorchWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchFileTest {
  @TempDir Path folder;

  @Test
  void views_shareAStorage() throws IOException {
    PickleWriter pickle = new PickleWriter().orderedDict().op('(');
    view(pickle, "whole", 0, shape(3, 4), shape(4, 1));
    view(pickle, "transposed", 0, shape(4, 3), shape(1, 4));
    view(pickle, "columns", 1, shape(3, 2), shape(4, 1));
    view(pickle, "everyOther", 1, shape(6), shape(2));
    view(pickle, "cube", 0, shape(2, 3, 2), shape(2, 4, 1));
    view(pickle, "row", 4, shape(1, 4), shape(99, 1));
    view(pickle, "scalar", 5, shape(), shape());
    view(pickle, "empty", 12, shape(5, 0), shape(1, 1));
    pickle.op('u').op('.');

    try (TorchFile file = open(pickle, 12)) {
      Map<String, TensorView> tensors = file.tensors();
      assertThat(Floats.of(tensors.get("whole")))
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(Floats.of(tensors.get("transposed")))
          .containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
      assertThat(Floats.of(tensors.get("transposed").rows(1, 3)))
          .containsExactly(1, 5, 9, 2, 6, 10);
      assertThat(Floats.of(tensors.get("columns"))).containsExactly(1, 2, 5, 6, 9, 10);
      assertThat(Floats.of(tensors.get("everyOther"))).containsExactly(1, 3, 5, 7, 9, 11);
      assertThat(Floats.of(tensors.get("everyOther").rows(2, 4))).containsExactly(5, 7);
      assertThat(Floats.of(tensors.get("cube")))
          .containsExactly(0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11);
      assertThat(Floats.of(tensors.get("row"))).containsExactly(4, 5, 6, 7);
      assertThat(Floats.of(tensors.get("scalar"))).containsExactly(5);
      assertThat(tensors.get("empty").data().capacity()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DoubleStorage, F64", "FloatStorage, F32", "HalfStorage, F16", "BFloat16Storage, BF16",
    "ComplexFloatStorage, C64", "LongStorage, I64", "IntStorage, I32", "ShortStorage, I16",
    "CharStorage, I8", "ByteStorage, U8", "BoolStorage, BOOL"
  })
  void storageClass_saysTheType(String storageClass, ElementType type) throws IOException {
    byte[] bytes = new byte[4 * type.blockBytes()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    PickleWriter pickle = new PickleWriter().op('}').op('(');
    pickle.string("plain").tensor(storageClass, "0", 4, 0, shape(2, 2), shape(2, 1));
    pickle.string("turned").tensor(storageClass, "0", 4, 0, shape(2, 2), shape(1, 2));
    pickle.op('u').op('.');

    try (TorchFile file = open(new TorchWriter().pickle(pickle.toBytes()).storage("0", bytes))) {
      TensorView plain = file.tensors().get("plain");
      assertThat(plain.type()).isEqualTo(type);
      assertThat(plain.data()).isEqualTo(ByteBuffer.wrap(bytes));
      ByteBuffer turned = file.tensors().get("turned").data();
      int width = type.blockBytes();
      assertThat(turned.slice(width, width)).isEqualTo(ByteBuffer.wrap(bytes, 2 * width, width));
    }
  }

  @Test
  void whatIsNoTensor_isLeftOut() throws IOException {
    PickleWriter pickle = new PickleWriter().orderedDict().raw('q', 7).op('(');
    pickle.string("step").integer(1L << 40);
    pickle.string("loss").raw('G', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0);
    pickle.string("nested").raw(']', '(', 'K', 1, 0x88, 'N', 'e');
    pickle.string("pair").raw('K', 1, 'K', 2, 0x86);
    pickle.string("config").raw('}').string("a").raw('M', 1, 2, 's');
    pickle.string("bytes").raw('C', 2, 'x', 'y');
    pickle.integer(3).string("a number is a key too");
    pickle.string("parameter").global("torch._utils", "_rebuild_parameter").op('(');
    pickle.tensor("FloatStorage", "0", 12, 2, shape(2), shape(1));
    pickle.raw(0x88).orderedDict().op('t').op('R');
    // What torch hangs on a state dict: an attribute of the dict.
    pickle.op('u').op('}').string("_metadata").orderedDict().op('s').op('b').op('.');

    try (TorchFile file = open(pickle, 12)) {
      assertThat(file.tensors()).containsOnlyKeys("parameter");
      assertThat(Floats.of(file.tensors().get("parameter"))).containsExactly(2, 3);
    }
  }

  @Test
  void protocols0And4_areReadToo() throws IOException {
    String protocol0 = "(dp0\nV\u0000name\np1\nI7\nsS'other'\nL5L\nsF1.5\nI01\ns.";
    assertThat(unpickled(protocol0.getBytes(StandardCharsets.ISO_8859_1)))
        .isEqualTo(Map.of("\u0000name", 7L, "other", 5L, 1.5, true));

    byte[] protocol4 =
        new LittleEndian()
            .u8(0x80)
            .u8(4)
            .u8(0x95)
            .u64(99)
            .u8('}')
            .u8(0x94)
            .u8('(')
            .u8(0x8c)
            .u8(1)
            .text("k")
            .u8(0x94)
            .u8(0x8a)
            .u8(2)
            .u16(-300)
            .u8(0x8c)
            .u8(1)
            .text("m")
            .u8('h')
            .u8(1)
            .u8('u')
            .u8('.')
            .toBytes();
    assertThat(unpickled(protocol4)).isEqualTo(Map.of("k", -300L, "m", "k"));
  }

  @Test
  void plainZipWithoutZip64_isReadToo() throws IOException {
    PickleWriter pickle = new PickleWriter().op('}');
    pickle.string("t").tensor("FloatStorage", "0", 2, 0, shape(2), shape(1)).op('s').op('.');
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      stored(zip, "x/data.pkl", pickle.toBytes());
      stored(zip, "x/byteorder", "little".getBytes(StandardCharsets.UTF_8));
      stored(zip, "x/data/0", new LittleEndian().f32(1).f32(2).toBytes());
      zip.setComment("PK\005\006 is not the end");
    }
    Path path = folder.resolve("plain.bin");
    Files.write(path, out.toByteArray());

    try (TorchFile file = TorchFile.open(path)) {
      assertThat(Floats.of(file.tensors().get("t"))).containsExactly(1, 2);
    }
  }

  private static void stored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  @Test
  void formatBeforePyTorch16_isRefusedWithAdvice() throws IOException {
    Path path = folder.resolve("old.bin");
    Files.write(path, new PickleWriter().raw(0x8a, 0x0a, 'l', 0xfc, 0x9c, 'F').toBytes());

    assertThatThrownBy(() -> TorchFile.open(path))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("before PyTorch 1.6");
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "__builtin__, getattr",
    "torch, load",
    "torch._utils, _rebuild_tensor_v3",
    "torch.storage, _load_from_bytes",
    "numpy, ndarray"
  })
  void anyOtherName_isRefused(String module, String name) {
    PickleWriter pickle = new PickleWriter().global(module, name);
    pickle.op('(').string("touch pwned").op('t').op('R').op('.');

    assertThatThrownBy(() -> unpickled(pickle.toBytes()))
        .isInstanceOf(BadCheckpoint.class)
        .hasMessageContaining("asks for %s.%s, which is refused".formatted(module, name));
  }

  private static void view(
      PickleWriter pickle, String name, long offset, long[] shape, long[] strides) {
    pickle.string(name).tensor("FloatStorage", "0", 12, offset, shape, strides);
  }

  private static long[] shape(long... dimensions) {
    return dimensions;
  }

  private TorchFile open(PickleWriter pickle, int numbers) throws IOException {
    LittleEndian storage = new LittleEndian();
    for (int i = 0; i < numbers; i++) {
      storage.f32(i);
    }
    return open(new TorchWriter().pickle(pickle.toBytes()).storage("0", storage.toBytes()));
  }

  private TorchFile open(TorchWriter writer) throws IOException {
    Path path = folder.resolve("pytorch_model.bin");
    Files.write(path, writer.toBytes());
    return TorchFile.open(path);
  }

  private static Object unpickled(byte[] pickle) {
    return Unpickler.load(
        new ByteCursor(
            Path.of("test.bin"), ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN)));
  }
}
