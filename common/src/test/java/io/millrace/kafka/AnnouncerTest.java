package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final byte[] ALIVE = {1};

  /** What was sent, null for a deletion. */
  private final List<byte[]> sent = new ArrayList<>();

  private CompletableFuture<Void> stored = new CompletableFuture<>();
  private Optional<byte[]> state = Optional.of(ALIVE);
  private Duration now = Duration.ofDays(-1);
  private final Announcer announcer =
      new Announcer(
          "worker w",
          () -> state,
          value -> {
            sent.add(value);
            return stored;
          },
          () -> now.toNanos());

  @Test
  void announcement_waitsUntilTheLastOneIsStored() {
    announcer.announce();
    announcer.announce();
    assertThat(sent).containsExactly(ALIVE);
    assertThat(announcer.isHeard()).isFalse();

    stored.complete(null);
    assertThat(announcer.isHeard()).isTrue();
    announcer.announce();
    assertThat(sent).containsExactly(ALIVE, ALIVE);
  }

  @Test
  void announcement_thatIsLost_isFollowedByOthers() {
    announcer.announce();
    stored.completeExceptionally(new IllegalStateException("no broker"));
    assertThat(announcer.isHeard()).isFalse();
    stored = CompletableFuture.completedFuture(null);
    announcer.announce();
    assertThat(announcer.isHeard()).isTrue();
    assertThat(sent).hasSize(2);
  }

  @Test
  void announcerThatWasSilent_isHeardAfterTwoAnnouncements() {
    stored.complete(null);
    announcer.announce();
    now = now.plusSeconds(9);
    assertThat(announcer.isHeard()).isTrue();
    now = now.plusMillis(1);
    assertThat(announcer.isHeard()).isFalse();
    stored = CompletableFuture.failedFuture(new IllegalStateException("no broker"));
    announcer.announce();
    stored = CompletableFuture.completedFuture(null);
    announcer.announce();
    assertThat(announcer.isHeard()).isFalse();
    now = now.plusSeconds(3);
    announcer.announce();
    assertThat(announcer.isHeard()).isTrue();
  }

  @Test
  void senderThatThrows_isAskedAgain() {
    List<byte[]> asked = new ArrayList<>();
    Announcer refused =
        new Announcer(
            "reader r",
            () -> state,
            value -> {
              asked.add(value);
              throw new IllegalStateException("not allowed");
            });
    refused.announce();
    refused.announce();
    assertThat(asked).hasSize(2);
    assertThat(refused.isHeard()).isFalse();
  }

  @Test
  void stateThatIsGone_isDeletedOnce() {
    stored.complete(null);
    state = Optional.empty();
    announcer.announce();
    assertThat(sent).isEmpty();
    state = Optional.of(ALIVE);
    announcer.announce();
    state = Optional.empty();
    announcer.announce();
    announcer.announce();
    assertThat(sent).containsExactly(ALIVE, null);
  }

  @Test
  void leaving_isTheLastWord() {
    stored.complete(null);
    announcer.announce();
    announcer.leave();
    announcer.announce();
    assertThat(sent).containsExactly(ALIVE, null);
  }
}
