package io.millrace.api.batches;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchFieldsTest {
  private static final String REQUIRED =
      "\"input_file_id\":\"file-1\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\"";

  @Test
  void fields_areRead() {
    BatchFields fields =
        read(
            "{%s,\"metadata\":{\"a\":\"b\"},\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":3600}}"
                .formatted(REQUIRED));

    assertThat(fields.completionWindow()).isEqualTo(Duration.ofDays(1));
    assertThat(fields.metadata()).isEqualTo(Map.of("a", "b"));
    assertThat(fields.outputKept()).isEqualTo(Duration.ofHours(1));
    assertThat(read("{" + REQUIRED + "}").metadata()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "color":1 | "color" is no field of a batch
          "metadata":{"a":1} | metadata.a must be
          "metadata":"a" | metadata must be an object
          "output_expires_after":{"anchor":"last_use","seconds":3600} | output_expires_after.anchor must be "created_at", but is "last_use"
          "output_expires_after":{"anchor":"created_at","seconds":60} | output_expires_after.seconds must be between 3600 and 2592000, but is "60"
          "output_expires_after":{"anchor":"created_at"} | output_expires_after.seconds is required
          "output_expires_after":{"anchor":"created_at","seconds":3600,"x":1} | "output_expires_after.x" is no field of output_expires_after; there are anchor, seconds
          """)
  void wrongFields_areRefused(String field, String message) {
    assertThatThrownBy(() -> read("{" + REQUIRED + "," + field + "}"))
        .isInstanceOf(Invalid.class)
        .hasMessageContaining(message);
  }

  @Test
  void missingFields_areRefused() {
    for (String name : new String[] {"input_file_id", "endpoint", "completion_window"}) {
      assertThatThrownBy(() -> read("{" + REQUIRED.replace(name, "metadata") + "}"))
          .isInstanceOf(Invalid.class);
      assertThatThrownBy(
              () ->
                  read(
                      ("{" + REQUIRED + "}")
                          .replaceAll("\"" + name + "\":\"[^\"]*\",?", "")
                          .replace(",}", "}")))
          .isInstanceOf(Invalid.class)
          .hasMessage(name + " is required");
    }
  }

  private static BatchFields read(String json) {
    return BatchFields.of(JsonBody.parse(json.getBytes(StandardCharsets.UTF_8)));
  }
}
