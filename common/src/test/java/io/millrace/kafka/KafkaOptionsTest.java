package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class KafkaOptionsTest {

  @Command
  static final class Holder {
    @Mixin KafkaOptions options = new KafkaOptions();
  }

  @Test
  void cluster_hasTheSettingsOfTheFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("client.properties");
    Files.writeString(file, "security.protocol=SASL_SSL\n# a comment\nsasl.mechanism = PLAIN\n");
    KafkaOptions options =
        parse("--bootstrap-servers", "kafka:9093", "--kafka-properties", file.toString());

    assertThat(options.cluster().bootstrapServers()).isEqualTo("kafka:9093");
    assertThat(options.at("other:1").cluster().properties())
        .containsOnly(
            Map.entry("security.protocol", "SASL_SSL"), Map.entry("sasl.mechanism", "PLAIN"));
  }

  @ParameterizedTest
  @CsvSource({
    "acks=0, Must set acks to all",
    "enable.idempotence=maybe, enable.idempotence",
    "compression.type=tar, compression.type",
    "max.block.ms=-1, max.block.ms",
    "fetch.max.bytes=much, fetch.max.bytes"
  })
  void settingThatNoClientTakes_isNamedAtOnce(String line, String message, @TempDir Path folder)
      throws Exception {
    Path file = Files.writeString(folder.resolve("client.properties"), line);
    KafkaOptions options = parse("--kafka-properties", file.toString());
    assertThatThrownBy(options::cluster)
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("--kafka-properties: ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void fileThatIsMissing_isNamed() {
    assertThatThrownBy(() -> parse("--kafka-properties", "no-such.properties").cluster())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("--kafka-properties: cannot read no-such.properties");
  }

  private static KafkaOptions parse(String... args) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(args);
    return holder.options;
  }
}
