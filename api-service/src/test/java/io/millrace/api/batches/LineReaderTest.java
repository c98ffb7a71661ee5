package io.millrace.api.batches;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.batches.LineReader.Line;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  @Test
  void lines_haveTheirNumbers_andBlankOnesAreLeftOut() throws Exception {
    List<Line> lines = read("\uFEFFone\r\n\n \t\r\nzwölf\nlast", 10);

    assertThat(lines).extracting(LineReaderTest::text).containsExactly("one\r", "zwölf", "last");
    assertThat(lines).extracting(Line::number).containsExactly(1, 4, 5);
    assertThat(lines).extracting(Line::end).containsExactly(8L, 20L, -1L);
    assertThat(read("", 10)).isEmpty();
    assertThat(read("\n\n", 10)).isEmpty();
  }

  @Test
  void lineThatIsTooLong_isCut() throws Exception {
    List<Line> lines = read("0123456789\n0123456789a\nb", 10);

    assertThat(lines)
        .extracting(LineReaderTest::text)
        .containsExactly("0123456789", "0123456789", "b");
    assertThat(lines).extracting(Line::tooLong).containsExactly(false, true, false);
  }

  private static String text(Line line) {
    return new String(line.content(), StandardCharsets.UTF_8);
  }

  private static List<Line> read(String text, int mostBytes) throws IOException {
    List<Line> lines = new ArrayList<>();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (LineReader reader = new LineReader(new ByteArrayInputStream(bytes), mostBytes)) {
      for (Line line = reader.next(); line != null; line = reader.next()) {
        lines.add(line);
      }
    }
    return lines;
  }
}
