package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workers that take requests by one type of groups and then by the other. */
class GroupChangeIT extends WorkerQueue {
  private static final List<String> CLASSIC = List.of("--intake=classic", "--request-partitions=2");
  private static final List<String> SHARE = List.of("--intake=share");

  @Test
  void group_beginsWhereTheOtherOneHasEnded() throws Exception {
    answer(kafka(List.of()), "a", "b", "c");
    answer(kafka(CLASSIC), "d", "e");
    // A cluster that has both goes on with what it has.
    assertThat(isClassic(kafka(List.of()))).isTrue();
    answer(kafka(CLASSIC), "f");
    // And back: the one that has fallen behind catches up at once.
    answer(kafka(SHARE), "g");
  }

  @Test
  void severalPartitions_areRefusedForShareGroups() {
    assertThatThrownBy(() -> kafka(List.of("--intake=share", "--request-partitions=2")).groups())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(
            "--request-partitions must be 1 where workers take requests by share");
  }

  private static boolean isClassic(KafkaOptions options) {
    return options.groups().match(share -> false, classic -> true);
  }

  private void answer(KafkaOptions options, String... ids) throws Exception {
    try (WorkerFixture worker = new WorkerFixture(options, model, "--max-batch-size=2")) {
      for (String id : ids) {
        client.ask(id, "echo yes");
        assertThat(client.last(id)).isInstanceOf(Reply.Finished.class);
      }
      assertThat(worker.engine.starts()).containsExactly(ids);
    }
  }
}
