package io.millrace.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicChooserTest {
  private final Map<RequestTopic, Long> backlog = new HashMap<>();
  private int count = 3;
  private long looks;
  private final TopicChooser chooser =
      new TopicChooser(model -> count, topic -> backlog.getOrDefault(topic, 0L), () -> looks);

  @Test
  void equalTopics_takeTurns() {
    assertThat(next(6)).containsExactlyInAnyOrder(1, 1, 2, 2, 3, 3);
  }

  @Test
  void topicsWithLessBacklog_getMoreUntilAllHaveAsMuch() {
    backlog(1, 4);
    backlog(2, 0);
    backlog(3, 2);
    assertThat(next(6)).containsExactlyInAnyOrder(2, 2, 2, 2, 3, 3);
    assertThat(next(3)).containsExactlyInAnyOrder(1, 2, 3);
  }

  @Test
  void whatWasSent_countsUntilTheNextLook() {
    next(3);
    backlog(1, 2);
    backlog(2, 2);
    looks++;
    assertThat(next(2)).containsExactly(3, 3);
  }

  @Test
  void onlyTopic_isTheOneWithoutANumber() {
    count = 1;
    backlog(1, 9);
    assertThat(next(2)).containsExactly(1, 1);
  }

  private void backlog(int topic, long size) {
    backlog.put(new RequestTopic("m", RequestClass.BATCH, topic), size);
  }

  private List<Integer> next(int requests) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      numbers.add(chooser.next("m", RequestClass.BATCH).number());
    }
    return numbers;
  }
}
