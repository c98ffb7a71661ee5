package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.kafka.PartitionProgress;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class GroupMemberTest {
  private static final TopicPartition PARTITION = new TopicPartition("requests", 0);

  private volatile PartitionProgress committed = PartitionProgress.NONE;
  private final MockConsumer<String, byte[]> consumer =
      new MockConsumer<>("earliest") {
        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
          super.commitSync(offsets, timeout);
          committed = PartitionProgress.of(offsets.get(PARTITION));
        }
      };
  private final PollGate gate = new PollGate(2, 0, 0, 1, 1, Duration.ZERO, System::nanoTime);
  private final SlotHealth health =
      new SlotHealth(new IntakeMetrics(new SimpleMeterRegistry(), Tags.empty()), System::nanoTime);
  private final List<PartitionProgress> committedBefore = new CopyOnWriteArrayList<>();
  private final List<Integer> attempts = new CopyOnWriteArrayList<>();
  private final CompletableFuture<AcknowledgeType> outcome = new CompletableFuture<>();

  @Test
  void attempt_isCommittedBeforeItsWorkBegins() {
    assign(0);
    run(
        delivery -> {
          gate.close();
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(committedBefore).containsExactly(progress(1, Map.of(0L, 1)));
    assertThat(committed).isEqualTo(progress(1, Map.of()));
    assertThat(gate.held()).isZero();
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void requestThatWasBegunBefore_hasTheNextAttempt_andWhatHasEndedIsSkipped() {
    PartitionProgress before = progress(3, Map.of(0L, 1, 2L, 3));
    consumer.schedulePollTask(() -> consumer.commitSync(Map.of(PARTITION, before.toCommit())));
    assign(0, 1, 2);
    run(
        delivery -> {
          if (attempts.size() == 2) {
            gate.close();
          }
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(attempts).containsExactlyInAnyOrder(2, 4);
    assertThat(committed).isEqualTo(progress(3, Map.of()));
  }

  @Test
  void partitionThatLeaves_leavesItsRequestsToOthers() {
    assign(0);
    run(
        delivery -> {
          consumer.schedulePollTask(() -> consumer.rebalance(List.of()));
          return new LeasedTask(outcome, gate::close);
        });

    assertThat(gate.held()).isZero();
    assertThat(committed).isEqualTo(progress(1, Map.of(0L, 1)));
  }

  @Test
  void whatIsGivenBackWhileTheGateIsClosed_keepsItsAttempt() {
    assign(0, 1);
    run(
        delivery -> {
          if (delivery.id().offset() == 0) {
            return new LeasedTask(outcome, () -> {});
          }
          gate.close();
          outcome.complete(AcknowledgeType.RELEASE);
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(committed).isEqualTo(progress(2, Map.of(0L, 1)));
  }

  @Test
  void noMoreIsTaken_thanThereIsRoomFor() {
    assign(0, 1, 2);
    consumer.setMaxPollRecords(1);
    run(
        delivery -> {
          if (attempts.size() == 2) {
            consumer.schedulePollTask(
                () -> {
                  assertThat(consumer.paused()).containsExactly(PARTITION);
                  gate.close();
                  outcome.complete(AcknowledgeType.ACCEPT);
                });
          }
          return new LeasedTask(outcome, () -> {});
        });

    assertThat(attempts).hasSize(2);
    assertThat(committed).isEqualTo(progress(2, Map.of()));
  }

  /** The partition comes with the next poll, and its records. */
  private void assign(long... offsets) {
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.schedulePollTask(
        () -> {
          consumer.rebalance(List.of(PARTITION));
          for (long offset : offsets) {
            consumer.addRecord(new ConsumerRecord<>("requests", 0, offset, "key", new byte[0]));
          }
        });
  }

  private void run(Function<Delivery, LeasedTask> handler) {
    new GroupMember(
            RequestClass.INTERACTIVE,
            "requests",
            () -> consumer,
            gate,
            health,
            delivery -> {
              synchronized (this) {
                committedBefore.add(committed);
                attempts.add(delivery.attempt());
                return handler.apply(delivery);
              }
            })
        .run();
  }

  private static PartitionProgress progress(long next, Map<Long, Integer> open) {
    return new PartitionProgress(next, new TreeMap<>(open));
  }

  private static LeasedTask done(AcknowledgeType outcome) {
    return LeasedTask.of(CompletableFuture.completedFuture(outcome));
  }
}
