package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapTrimmerTest {
  private final HeapTrimmer trimmer = new HeapTrimmer();

  @Test
  void heap_isTrimmedOnceNothingIsCollectedAnyMore() {
    assertThat(trimmer.isDue(3)).isFalse();
    assertThat(trimmer.isDue(5)).isFalse();
    assertThat(trimmer.isDue(5)).isTrue();
  }

  @Test
  void heapThatWasTrimmed_isLeftAloneUntilItIsUsedAgain() {
    trimmer.trimmed(6);
    for (int look = 0; look < 10; look++) {
      assertThat(trimmer.isDue(6)).isFalse();
    }
    assertThat(trimmer.isDue(7)).isFalse();
    assertThat(trimmer.isDue(7)).isTrue();
  }

  @Test
  void lightLoad_isNotTrimmedAtEveryLook() {
    trimmer.trimmed(6);
    assertThat(trimmer.isDue(7)).isFalse();
    assertThat(trimmer.isDue(7)).isFalse();
    assertThat(trimmer.isDue(7)).isFalse();
    assertThat(trimmer.isDue(7)).isTrue();
  }
}
