package io.millrace.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.engine.decoder.vector.WeightFormat;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class RoundingTest {
  private static final int MOST = 1 << 22;

  @BeforeAll
  static void require() {
    assumeTrue(WeightFormat.areAvailable());
  }

  @Test
  void round_isTheNearestIntegerAndTheEvenOneOfTwo() {
    float[] values = {
      0, -0.0f, 0.5f, 1.5f, -0.5f, -1.5f, -2.5f, 2.4999f, -127.3f, MOST - 1, 1 - MOST
    };
    for (float value : values) {
      assertThat(Rounding.round(value)).isEqualTo((int) Math.rint(value));
    }
  }

  @Test
  void round_ofVectorsIsThatOfNumbers() {
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      float value = (float) (random.nextGaussian() * (1 << random.nextInt(20)));
      assertThat(Rounding.round(FloatVector.broadcast(Lanes.FLOATS, value)).toIntArray())
          .containsOnly((int) Math.rint(value));
    }
  }
}
