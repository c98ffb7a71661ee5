package io.millrace.engine.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A team of threads that share the parts of one piece of work after another. The caller is one of
 * them, and a thread that is free takes the next part: one that another process has pushed aside
 * holds up the part that it is at, and nothing else.
 *
 * <p>Between two pieces the others wait for some microseconds without sleeping, because waking a
 * thread up takes longer than most pieces do.
 */
public final class ThreadTeam implements AutoCloseable {
  /** Turns of waiting before a thread sleeps, about as many microseconds, or some more. */
  private static final int SPINS = 4000;

  /**
   * Stretches for each thread: more than one, so that a thread that is held up does not hold up the
   * others.
   */
  private static final int STRETCHES_A_LANE = 6;

  private static final int INDEX_BITS = 24;
  private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;

  /** Index of the next part and, in the bits above it, the number of parts. */
  private final AtomicLong parts = new AtomicLong();

  private final AtomicInteger done = new AtomicInteger();
  private final List<Helper> helpers = new ArrayList<>();
  private Part work = (part, lane) -> {};
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  /** One part of a piece of work. */
  @FunctionalInterface
  public interface Part {
    /**
     * Does the part.
     *
     * @param part 0 and more
     * @param lane which thread it runs on, 0 and more
     */
    void run(int part, int lane);
  }

  /**
   * @param threads the caller included
   */
  public ThreadTeam(int threads) {
    for (int lane = 1; lane < threads; lane++) {
      Helper helper = new Helper(lane);
      helpers.add(helper);
      helper.start();
    }
  }

  /** Threads that take parts, the caller included. */
  public int size() {
    return helpers.size() + 1;
  }

  /** Does all parts, 0 to {@code count} - 1; afterwards what they wrote is seen by the caller. */
  public void forEach(int count, Part part) {
    work = part;
    done.set(0);
    parts.set((long) count << INDEX_BITS);
    if (count > 1) {
      helpers.forEach(Helper::wake);
    }
    while (takePart(0)) {}
    while (done.get() < count) {
      Thread.onSpinWait();
    }
    rethrow();
  }

  /**
   * Does many small parts, several neighbours at once: memory is read fastest in long stretches.
   * The part that is passed on is one of the small ones.
   */
  public void forEachInStretches(int count, Part part) {
    int stretch = Math.max(1, count / (size() * STRETCHES_A_LANE));
    forEach(
        (count + stretch - 1) / stretch,
        (index, lane) -> {
          int end = Math.min(count, (index + 1) * stretch);
          for (int i = index * stretch; i < end; i++) {
            part.run(i, lane);
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    helpers.forEach(LockSupport::unpark);
  }

  /**
   * Takes the next part if there is one. What it then reads belongs to the piece it is a part of.
   */
  private boolean takePart(int lane) {
    if (!hasParts()) {
      return false;
    }
    long taken = parts.getAndIncrement();
    int index = (int) (taken & INDEX_MASK);
    if (index >= taken >> INDEX_BITS) {
      return false;
    }
    try {
      work.run(index, lane);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      done.incrementAndGet();
    }
    return true;
  }

  private boolean hasParts() {
    long now = parts.get();
    return (now & INDEX_MASK) < now >> INDEX_BITS;
  }

  private void rethrow() {
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throw new IllegalStateException("a part of a step failed", thrown);
    }
  }

  private final class Helper extends Thread {
    private final int lane;
    private volatile boolean asleep;

    Helper(int lane) {
      super("engine-" + lane);
      this.lane = lane;
      setDaemon(true);
    }

    @Override
    public void run() {
      int idle = 0;
      while (!closed) {
        if (takePart(lane)) {
          idle = 0;
        } else if (idle++ < SPINS) {
          Thread.onSpinWait();
        } else {
          sleep();
        }
      }
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    private void sleep() {
      asleep = true;
      if (!hasParts() && !closed) {
        LockSupport.park(ThreadTeam.this);
      }
      asleep = false;
    }
  }
}
