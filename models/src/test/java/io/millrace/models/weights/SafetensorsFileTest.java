package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.SafetensorsWriter;
import io.millrace.testing.TinyTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "F64, 8",
    "F32, 4",
    "F16, 2",
    "BF16, 2",
    "F8_E4M3, 1",
    "F8_E5M2, 1",
    "F8_E8M0, 1",
    "C64, 8",
    "I64, 8",
    "I32, 4",
    "I16, 2",
    "I8, 1",
    "U64, 8",
    "U32, 4",
    "U16, 2",
    "U8, 1",
    "BOOL, 1"
  })
  void dtype_isReadAsItIs(ElementType type, int width) throws IOException {
    byte[] bytes = new byte[6 * width];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i + 1);
    }

    try (SafetensorsFile file =
        open(new SafetensorsWriter().add("t", type.name(), new long[] {2, 3}, bytes))) {
      TensorView view = file.tensors().get("t");
      assertThat(view.type()).isEqualTo(type);
      assertThat(view.shape()).containsExactly(2, 3);
      assertThat(view.elements()).isEqualTo(6);
      assertThat(view.bytes()).isEqualTo(bytes.length);
      assertThat(view.data()).isEqualTo(ByteBuffer.wrap(bytes));
      assertThat(view.data().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }
  }

  @Test
  void scalarAndEmptyTensor_areTensors() throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(new TinyTensor("empty", new long[] {0, 3}, new float[0]))
            .add(new TinyTensor("scalar", new long[0], new float[] {7}));

    try (SafetensorsFile file = open(writer)) {
      TensorView empty = file.tensors().get("empty");
      assertThat(empty.data().capacity()).isZero();
      assertThat(empty.pieces(100)).isEmpty();
      TensorView scalar = file.tensors().get("scalar");
      assertThat(scalar.shape()).isEmpty();
      assertThat(Floats.of(scalar)).containsExactly(7);
      assertThat(Floats.of(scalar.pieces(1).get(0))).containsExactly(7);
    }
  }

  @Test
  void rows_areViewsOfTheirOwn() throws IOException {
    try (SafetensorsFile file = open(new SafetensorsWriter().add(counting(5, 2)))) {
      TensorView rows = file.tensors().get("t").rows(1, 4);

      assertThat(rows.shape()).containsExactly(3, 2);
      assertThat(Floats.of(rows)).containsExactly(2, 3, 4, 5, 6, 7);
      assertThat(Floats.of(rows.rows(2, 3))).containsExactly(6, 7);
      assertThat(rows.rows(1, 1).data().capacity()).isZero();
      assertThatThrownBy(() -> rows.rows(0, 4))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("rows 0 to 4 of t, which has 3");
    }
  }

  @Test
  void pieces_keepToTheirLimit() throws IOException {
    try (SafetensorsFile file = open(new SafetensorsWriter().add(counting(5, 2)))) {
      List<TensorView> pieces = file.tensors().get("t").pieces(17);

      assertThat(pieces).extracting(TensorView::bytes).containsExactly(16L, 16L, 8L);
      assertThat(Floats.of(pieces.get(1))).containsExactly(4, 5, 6, 7);
      assertThat(file.tensors().get("t").pieces(1)).hasSize(5);
    }
  }

  @Test
  void tensorPastTwoGibibytes_isReadByPieces() throws IOException {
    long rows = 600_000;
    long bytes = rows * 1024 * Float.BYTES;
    byte[] start =
        SafetensorsWriter.file(
            """
            {"t": {"dtype": "F32", "shape": [%d, 1024], "data_offsets": [0, %d]}}"""
                .formatted(rows, bytes),
            new byte[0]);
    Path path = folder.resolve("large.safetensors");
    // All but the last number is a hole, so that the file takes no space.
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(start), 0);
      ByteBuffer last = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, 1.5f);
      channel.write(last, start.length + bytes - Float.BYTES);
    }

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      TensorView view = file.tensors().get("t");
      assertThatThrownBy(view::data)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2457600000 bytes");
      List<TensorView> pieces = view.pieces(1 << 28);
      assertThat(pieces).hasSize(10);
      ByteBuffer last = pieces.get(9).data();
      assertThat(last.getFloat(last.capacity() - Float.BYTES)).isEqualTo(1.5f);
    }
  }

  @Test
  void headerWithoutMetadataOrPadding_isFine() throws IOException {
    Path path = folder.resolve("t.safetensors");
    String header = "{\"a\":{\"shape\":[1],\"data_offsets\":[0,2],\"dtype\":\"BF16\"}}  ";
    Files.write(path, SafetensorsWriter.file(header, "ab".getBytes(StandardCharsets.UTF_8)));

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.tensors().get("a").type()).isEqualTo(ElementType.BF16);
    }
  }

  private SafetensorsFile open(SafetensorsWriter writer) throws IOException {
    Path path = folder.resolve("t.safetensors");
    Files.write(path, writer.toBytes());
    return SafetensorsFile.open(path);
  }

  private static TinyTensor counting(int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return new TinyTensor("t", new long[] {rows, columns}, values);
  }
}
