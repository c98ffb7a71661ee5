package io.millrace.api.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final TokenBucket bucket = new TokenBucket(0);

  @Test
  void bucket_isFullAtFirst_andRefilledWithinAMinute() {
    assertThat(bucket.available(60, 0)).isEqualTo(60);
    bucket.take(60, 60, 0);
    assertThat(bucket.available(60, 0)).isZero();
    assertThat(bucket.available(60, 10 * SECOND)).isEqualTo(10);
    assertThat(bucket.available(60, 100 * SECOND)).isEqualTo(60);
  }

  @Test
  void until_saysWhenThereIsEnough() {
    bucket.take(60, 60, 0);
    assertThat(bucket.until(5, 60, 0)).isEqualTo(Duration.ofSeconds(5));
    assertThat(bucket.until(5, 60, 5 * SECOND)).isZero();
  }

  @Test
  void amountThatNeverFits_waitsForAFullBucket() {
    bucket.take(30, 60, 0);
    assertThat(bucket.until(1000, 60, 0)).isEqualTo(Duration.ofSeconds(30));
    assertThat(bucket.until(1000, 60, 30 * SECOND)).isZero();
  }

  @Test
  void bucketThatOwes_isPaidBackFirst() {
    bucket.take(90, 60, 0);
    assertThat(bucket.available(60, 0)).isEqualTo(-30);
    assertThat(bucket.until(1, 60, 0).toSeconds()).isEqualTo(31);
  }

  @Test
  void whatIsPutBack_isThereAgain_andNoMore() {
    bucket.take(10, 60, 0);
    bucket.take(-50, 60, 0);
    assertThat(bucket.available(60, 0)).isEqualTo(60);
  }

  @Test
  void size_mayChange() {
    bucket.take(30, 60, 0);
    assertThat(bucket.available(600, 0)).isEqualTo(570);
  }
}
