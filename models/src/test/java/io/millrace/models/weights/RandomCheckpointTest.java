package io.millrace.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class RandomCheckpointTest {
  private static final Map<String, long[]> SHAPES =
      Map.of("norm", new long[] {7}, "a", new long[] {300, 100}, "b", new long[] {300, 100});

  private static RandomCheckpoint checkpoint(long seed) {
    return new RandomCheckpoint(JsonMapper.shared().createObjectNode(), SHAPES, seed);
  }

  private static float[] numbers(TensorView view) {
    FloatBuffer floats = view.data().asFloatBuffer();
    float[] numbers = new float[floats.remaining()];
    floats.get(numbers);
    return numbers;
  }

  @Test
  void matrices_areRandomNumbersThatBfloat16Holds() {
    float[] a = numbers(checkpoint(1).tensor("a"));

    assertThat(a).hasSize(30_000);
    double sum = 0;
    double squares = 0;
    for (float number : a) {
      assertThat(Float.floatToRawIntBits(number) & 0xffff).isZero();
      sum += number;
      squares += number * number;
    }
    assertThat(sum / a.length).isBetween(-0.001, 0.001);
    assertThat(Math.sqrt(squares / a.length)).isBetween(0.019, 0.021);
  }

  @Test
  void tensors_differ_andFollowFromTheSeed() {
    assertThat(numbers(checkpoint(1).tensor("a")))
        .isEqualTo(numbers(checkpoint(1).tensor("a")))
        .isNotEqualTo(numbers(checkpoint(1).tensor("b")))
        .isNotEqualTo(numbers(checkpoint(2).tensor("a")));
  }

  @Test
  void vectors_areOnes() {
    assertThat(numbers(checkpoint(1).tensor("norm"))).hasSize(7).containsOnly(1);
  }

  @Test
  void names_areThoseOfTheShapes() {
    assertThat(checkpoint(1).names()).isEqualTo(SHAPES.keySet());
    assertThatThrownBy(() -> checkpoint(1).tensor("c")).hasMessage("there is no tensor c");
  }
}
