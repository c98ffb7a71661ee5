package io.millrace.engine.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every part is done once, by whoever is free, before the caller goes on. */
final class ThreadTeamTest {
  private static final long BOUND_SECONDS = 60;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void forEach_doesEveryPartOnce(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      assertThat(team.size()).isEqualTo(size);
      for (int count : new int[] {0, 1, 2, 3, 4, 5, 7, 16, 100, 1000, 50_000}) {
        AtomicIntegerArray times = new AtomicIntegerArray(count);
        team.forEach(count, (part, lane) -> times.incrementAndGet(part));
        for (int part = 0; part < count; part++) {
          assertThat(times.get(part)).as("part %d of %d", part, count).isEqualTo(1);
        }
      }
    }
  }

  /** Nothing here is volatile: what was written is seen because the piece is over. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void forEach_showsTheCallerWhatPartsOfManyPiecesWrote(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      int[] written = new int[13];
      for (int piece = 1; piece <= 20_000; piece++) {
        int value = piece;
        int count = piece % written.length + 1;
        Arrays.fill(written, 0);
        team.forEach(count, (part, lane) -> written[part] += value + part);
        for (int part = 0; part < written.length; part++) {
          assertThat(written[part]).isEqualTo(part < count ? value + part : 0);
        }
      }
    }
  }

  /** Each piece reads what the one before wrote, in other parts. */
  @Test
  void forEach_showsPartsWhatThePieceBeforeWrote() {
    try (ThreadTeam team = new ThreadTeam(3)) {
      int[][] rows = new int[2][64];
      for (int piece = 0; piece < 5000; piece++) {
        int[] from = rows[piece % 2];
        int[] to = rows[1 - piece % 2];
        team.forEach(64, (part, lane) -> to[part] = from[(part + 1) % 64] + 1);
      }
      assertThat(rows[0]).containsOnly(5000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void forEach_givesALaneToOneThreadAtATime(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      AtomicIntegerArray busy = new AtomicIntegerArray(size);
      for (int piece = 0; piece < 500; piece++) {
        team.forEach(
            50,
            (part, lane) -> {
              assertThat(busy.incrementAndGet(lane)).isEqualTo(1);
              busy.decrementAndGet(lane);
            });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void forEach_usesAllThreadsWhoeverSleeps(int size) throws InterruptedException {
    try (ThreadTeam team = new ThreadTeam(size)) {
      for (int round = 0; round < 20; round++) {
        Thread[] threads = meet(team, lane -> {});
        assertThat(threads).doesNotHaveDuplicates().doesNotContainNull();
        assertThat(threads[0]).isSameAs(Thread.currentThread());
        awaitSleep(threads);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void forEach_throwsWhatAPartThrewOnAnyLaneAndGoesOn(int size) {
    try (ThreadTeam team = new ThreadTeam(size)) {
      for (int bad = 0; bad < size; bad++) {
        int thrower = bad;
        assertThrows(team, thrower, new IllegalArgumentException("lane " + bad));
        assertThrows(team, thrower, new StackOverflowError("lane " + bad));
        int[] written = new int[100];
        team.forEach(100, (part, lane) -> written[part] = part);
        assertThat(written[99]).isEqualTo(99);
      }
    }
  }

  @Test
  void forEach_doesTheOtherPartsOfAPieceThatFails() {
    try (ThreadTeam team = new ThreadTeam(2)) {
      AtomicIntegerArray times = new AtomicIntegerArray(100);
      assertThatThrownBy(
              () ->
                  team.forEach(
                      100,
                      (part, lane) -> {
                        times.incrementAndGet(part);
                        throw new IllegalArgumentException("part " + part);
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasCauseInstanceOf(IllegalArgumentException.class);
      for (int part = 0; part < 100; part++) {
        assertThat(times.get(part)).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void close_endsTheThreads(boolean asleep) throws InterruptedException {
    ThreadTeam team = new ThreadTeam(4);
    Thread[] threads = meet(team, lane -> {});
    if (asleep) {
      awaitSleep(threads);
    }
    team.close();
    for (Thread thread : Arrays.asList(threads).subList(1, 4)) {
      thread.join(TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @FunctionalInterface
  private interface LaneWork {
    void run(int lane);
  }

  /** One part on each thread, because none of them goes on before all have one. */
  private static Thread[] meet(ThreadTeam team, LaneWork work) {
    CyclicBarrier barrier = new CyclicBarrier(team.size());
    Thread[] threads = new Thread[team.size()];
    team.forEach(
        team.size(),
        (part, lane) -> {
          threads[lane] = Thread.currentThread();
          await(barrier);
          work.run(lane);
        });
    return threads;
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertThrows(ThreadTeam team, int thrower, Throwable thrown) {
    assertThatThrownBy(
            () ->
                meet(
                    team,
                    lane -> {
                      if (lane == thrower) {
                        rethrow(thrown);
                      }
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(thrown);
  }

  private static void rethrow(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  private static void awaitSleep(Thread[] threads) {
    for (Thread thread : Arrays.asList(threads).subList(1, threads.length)) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
  }
}
