package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
