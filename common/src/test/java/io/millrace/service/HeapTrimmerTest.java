package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapTrimmerTest {
  private final HeapTrimmer trimmer = new HeapTrimmer();

  @Test
  void heap_isTrimmedOnceNothingIsCollectedAnyMore() {
    assertThat(trimmer.isDue(3, 1000)).isFalse();
    assertThat(trimmer.isDue(5, 1000)).isFalse();
    assertThat(trimmer.isDue(5, 1000)).isTrue();
    trimmer.trimmed(6, 500);
    assertThat(trimmer.isDue(6, 500)).isFalse();
  }

  @Test
  void heapThatHasHardlyGrown_isLeftAlone() {
    trimmer.trimmed(1, 1000);
    assertThat(trimmer.isDue(1, 1100)).isFalse();
    assertThat(trimmer.isDue(1, 1101)).isTrue();
  }
}
