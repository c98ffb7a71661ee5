package io.millrace.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyPartitionTest {

  @Test
  void wanted_isTaken() {
    assertThat(ReplyPartition.choose(32, 5, "api-7")).isEqualTo(5);
  }

  @Test
  void wanted_beyondTheTopic_isRefused() {
    assertThatThrownBy(() -> ReplyPartition.choose(32, 32, null))
        .hasMessage("--reply-partition must be between 0 and 31, but is 32");
  }

  @ParameterizedTest
  @CsvSource({"api-0, 0", "millrace-api-7, 7", "api-33, 1"})
  void ordinalOfAStatefulSet_isTaken(String hostName, int partition) {
    assertThat(ReplyPartition.choose(32, null, hostName)).isEqualTo(partition);
  }

  @ParameterizedTest
  @CsvSource({"laptop", "api-6d8f7c9b5-x2x4z", "api-123456", "''", ","})
  void otherHosts_getAny(@Nullable String hostName) {
    assertThat(ReplyPartition.choose(32, null, hostName)).isBetween(0, 31);
  }
}
