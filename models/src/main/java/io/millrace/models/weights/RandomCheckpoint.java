package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint of any size that lies in no file, for measurements in which the numbers do not
 * matter: matrices are runs of one pool of random numbers, each beginning elsewhere, and vectors
 * are ones. All numbers are such as bfloat16 holds.
 */
public final class RandomCheckpoint implements Checkpoint {
  /** Numbers of the pool that a run may begin with. */
  private static final int BEGINNINGS = 1 << 22;

  /** Numbers of the longest run: 32 MiB. */
  private static final int MOST_RUN = 1 << 23;

  /** The standard deviation that most models are initialised with. */
  private static final double DEVIATION = 0.02;

  private static final int BFLOAT16_BITS = 0xffff0000;

  private final ObjectNode config;
  private final Map<String, long[]> shapes;
  private final ByteBuffer pool;
  private final ByteBuffer ones;

  /**
   * @param config as in {@code config.json}
   * @param shapes of the tensors by name; no row of one has more than 2^22 numbers
   */
  public RandomCheckpoint(ObjectNode config, Map<String, long[]> shapes, long seed) {
    this.config = config;
    this.shapes = Map.copyOf(shapes);
    long most = shapes.values().stream().mapToLong(RandomCheckpoint::elements).max().orElse(1);
    int run = (int) Math.min(most, MOST_RUN);
    this.pool = RowSource.allocate((long) (BEGINNINGS + run) * Float.BYTES);
    Random random = new Random(seed);
    while (pool.hasRemaining()) {
      pool.putFloat(bfloat16((float) (DEVIATION * random.nextGaussian())));
    }
    int longest =
        shapes.values().stream()
            .filter(shape -> shape.length == 1)
            .mapToInt(shape -> Math.toIntExact(shape[0]))
            .max()
            .orElse(0);
    this.ones = RowSource.allocate((long) longest * Float.BYTES);
    while (ones.hasRemaining()) {
      ones.putFloat(1);
    }
  }

  private static float bfloat16(float value) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) & BFLOAT16_BITS);
  }

  private static long elements(long[] shape) {
    return LongStream.of(shape).reduce(1, (a, b) -> a * b);
  }

  @Override
  public ObjectNode config() {
    return config;
  }

  @Override
  public String configSource() {
    return "the configuration of a random model";
  }

  @Override
  public Set<String> names() {
    return shapes.keySet();
  }

  @Override
  public TensorView tensor(String name) {
    long[] shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("there is no tensor " + name);
    }
    return new TensorView(name, ElementType.F32, new Shape(shape), rows(name, shape));
  }

  @Override
  public TensorView storedTensor(String name) {
    return tensor(name);
  }

  private RowSource rows(String name, long[] shape) {
    if (shape.length == 1) {
      return (first, count) -> slice(ones, 0, count);
    }
    long row = elements(shape) / shape[0];
    return (first, count) -> {
      int begin = new Random(31L * name.hashCode() + first).nextInt(BEGINNINGS);
      return slice(pool, begin, count * row);
    };
  }

  private static ByteBuffer slice(ByteBuffer numbers, int begin, long count) {
    return numbers
        .slice(begin * Float.BYTES, Math.toIntExact(count * Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Does nothing: the pool is memory like any other. */
  @Override
  public void close() {}
}
