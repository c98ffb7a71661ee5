package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

final class PartitionProgressTest {
  @Test
  void progress_isReadBackFromWhatIsCommitted() {
    Random random = new Random(7);
    for (int round = 0; round < 1_000; round++) {
      TreeMap<Long, Integer> open = new TreeMap<>();
      long offset = random.nextLong(1L << 40);
      int size = random.nextInt(50);
      for (int i = 0; i < size; i++) {
        open.put(offset, random.nextInt(26));
        offset += 1 + random.nextLong(1L << random.nextInt(1, 20));
      }
      PartitionProgress progress = new PartitionProgress(offset, open);

      OffsetAndMetadata committed = progress.toCommit();

      assertThat(committed.offset()).isEqualTo(size == 0 ? offset : open.firstKey());
      assertThat(PartitionProgress.of(committed)).isEqualTo(progress);
    }
  }

  @Test
  void metadata_neverExceedWhatBrokersTake() {
    TreeMap<Long, Integer> open = new TreeMap<>();
    long offset = 0;
    while (new PartitionProgress(offset, open).hasRoom()) {
      open.put(offset, 30);
      offset += 1L << 40;
    }

    OffsetAndMetadata committed = new PartitionProgress(Long.MAX_VALUE, open).toCommit();

    assertThat(open).hasSizeGreaterThan(300);
    assertThat(committed.metadata()).hasSizeLessThanOrEqualTo(4096);
    assertThat(PartitionProgress.of(committed).open().keySet()).isEqualTo(open.keySet());
  }

  @Test
  void offsetThatSomebodyElseHasSet_countsByItself() {
    for (String metadata : new String[] {"", "by hand", "millrace1:", "millrace1:1:-A!"}) {
      assertThat(PartitionProgress.of(new OffsetAndMetadata(12, metadata)))
          .isEqualTo(new PartitionProgress(12, new TreeMap<>()));
    }
    assertThat(PartitionProgress.of(null)).isEqualTo(PartitionProgress.NONE);
  }

  @Test
  void unfinished_isWhatIsOpenAndWhatWasNotTaken() {
    PartitionProgress progress = new PartitionProgress(20, new TreeMap<>(Map.of(10L, 1, 15L, 2)));

    assertThat(progress.start()).isEqualTo(10);
    assertThat(progress.unfinished(0, 25)).isEqualTo(7);
    assertThat(progress.unfinished(12, 25)).isEqualTo(6);
    assertThat(progress.unfinished(22, 25)).isEqualTo(3);
    assertThat(progress.unfinished(0, 20)).isEqualTo(2);
  }
}
