package io.millrace.api.batches;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchLockTest {
  @TempDir Path folder;

  @Test
  void lock_isHadByOne_untilThatGivesItBack() throws Exception {
    Path file = folder.resolve("lock");
    try (BatchLock lock = BatchLock.take(file)) {
      assertThat(lock).isNotNull();
      assertThat(BatchLock.take(folder.resolve("./lock"))).isNull();
    }
    try (BatchLock again = BatchLock.take(file)) {
      assertThat(again).isNotNull();
    }
  }
}
