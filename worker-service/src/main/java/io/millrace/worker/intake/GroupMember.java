package io.millrace.worker.intake;

import io.millrace.kafka.PartitionProgress;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a classic consumer group: takes requests of one class from the partitions that belong
 * to it, one a poll and only while there is room, and has each worked on by a thread of its own.
 *
 * <p>What it has taken and what has ended is committed together, and an attempt before its work
 * begins: so each attempt is counted, and no two have the same number, whoever makes them. While
 * there is no room the partitions are paused, and polls only keep the membership. The consumer
 * lives on this thread alone.
 */
final class GroupMember implements RequestTaker {
  private static final Logger log = LoggerFactory.getLogger(GroupMember.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Of the one consumer of a class, where slots have one each. */
  private static final int NUMBER = 0;

  private final RequestClass requestClass;
  private final String topic;
  private final Supplier<Consumer<String, byte[]>> consumers;
  private final PollGate gate;
  private final SlotHealth health;
  private final Function<Delivery, LeasedTask> handler;
  private final OwnedPartitions owned = new OwnedPartitions();
  private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final ExecutorService workers;
  private @Nullable Consumer<String, byte[]> consumer;
  private long committedAt = System.nanoTime();
  private long releasedAt;

  /** Guarded by this. */
  private @Nullable Consumer<String, byte[]> polling;

  /** Guarded by this. */
  private boolean woken;

  private record Outcome(HeldRequest request, AcknowledgeType how) {}

  GroupMember(
      RequestClass requestClass,
      String topic,
      Supplier<Consumer<String, byte[]>> consumers,
      PollGate gate,
      SlotHealth health,
      Function<Delivery, LeasedTask> handler) {
    this.requestClass = requestClass;
    this.topic = topic;
    this.consumers = consumers;
    this.gate = gate;
    this.health = health;
    this.handler = handler;
    AtomicInteger count = new AtomicInteger();
    this.workers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, threadName() + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public String threadName() {
    return "intake-" + requestClass.label();
  }

  /** The partitions that belong to it. Any thread may ask. */
  Set<TopicPartition> partitions() {
    return owned.names();
  }

  @Override
  public void run() {
    try {
      while (!gate.isClosed() || owned.isHolding()) {
        turn();
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } finally {
      leave();
      workers.shutdown();
    }
  }

  private void turn() throws InterruptedException {
    try {
      settle();
      if (gate.isOpen() || owned.isHolding()) {
        read(connected());
      } else {
        // Others get the partitions.
        leave();
        gate.pause(POLL);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      health.failed(requestClass, e);
      leave();
      gate.pause(RETRY);
    }
  }

  private Consumer<String, byte[]> connected() {
    if (consumer == null) {
      Consumer<String, byte[]> made = consumers.get();
      consumer = made;
      made.subscribe(List.of(topic), new Assignments(made));
      health.joined(requestClass, NUMBER, made.metrics());
    }
    return consumer;
  }

  private void read(Consumer<String, byte[]> consumer) {
    rewind(consumer);
    ConsumerRecords<String, byte[]> records = poll(consumer, POLL);
    while (take(consumer, records)) {
      records = poll(consumer, Duration.ZERO);
    }
    // Ends that are not committed cost another worker a look at the replies, no more.
    boolean due = System.nanoTime() - committedAt > POLL.toNanos();
    if (owned.isWorkWaiting() || due) {
      if (commit(consumer, owned.uncommitted())) {
        owned.committed().forEach(this::begin);
      }
    }
  }

  /** Has what was given back come again, but not at once: nothing may have changed by then. */
  private void rewind(Consumer<String, byte[]> consumer) {
    if (gate.isOpen() && System.nanoTime() - releasedAt > RETRY.toNanos()) {
      owned.rewind().forEach(consumer::seek);
    }
  }

  private ConsumerRecords<String, byte[]> poll(Consumer<String, byte[]> consumer, Duration atMost) {
    Set<TopicPartition> paused = new HashSet<>(consumer.assignment());
    if (gate.hasRoom(requestClass)) {
      Set<TopicPartition> wanted = owned.withRoom();
      wanted.retainAll(paused);
      consumer.resume(wanted);
      paused.removeAll(wanted);
    }
    consumer.pause(paused);
    boolean wait = beginPoll(consumer);
    try {
      return consumer.poll(wait ? atMost : Duration.ZERO);
    } catch (WakeupException inVain) {
      return ConsumerRecords.empty();
    } finally {
      endPoll();
    }
  }

  /** Whether nothing has happened since the last poll that is to be looked at first. */
  private synchronized boolean beginPoll(Consumer<String, byte[]> consumer) {
    polling = consumer;
    boolean quiet = !woken;
    woken = false;
    return quiet;
  }

  private synchronized void endPoll() {
    polling = null;
  }

  @Override
  public synchronized void wake() {
    if (polling == null) {
      woken = true;
    } else {
      polling.wakeup();
    }
  }

  /** Takes what a poll has brought; whether to poll for more. */
  private boolean take(Consumer<String, byte[]> consumer, ConsumerRecords<String, byte[]> records) {
    for (ConsumerRecord<String, byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      if (owned.isBehind(record)) {
        log.warn("{} begins anew at offset {}", partition, record.offset());
        lose(List.of(partition));
        owned.add(partition, new PartitionProgress(record.offset(), PartitionProgress.NONE.open()));
      }
      if (owned.wants(record)) {
        if (!gate.tryTake(requestClass)) {
          // The other class was quicker.
          consumer.seek(partition, record.offset());
          owned.seek(partition, record.offset());
          return false;
        }
        owned.take(record);
      }
    }
    records.nextOffsets().forEach((partition, next) -> owned.readTo(partition, next.offset()));
    return !records.isEmpty();
  }

  private boolean commit(
      Consumer<String, byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) {
    committedAt = System.nanoTime();
    if (offsets.isEmpty()) {
      return true;
    }
    try {
      again(
          () -> {
            consumer.commitSync(offsets, PATIENCE);
            return true;
          });
      return true;
    } catch (CommitFailedException | RebalanceInProgressException | TimeoutException e) {
      // The next poll says what belongs to whom.
      log.debug("offsets of {} are not committed: {}", topic, e.toString());
      return false;
    }
  }

  /** A wake-up that comes too late to end a poll would end whatever is asked next. */
  private static <T> T again(Supplier<T> question) {
    try {
      return question.get();
    } catch (WakeupException late) {
      return question.get();
    }
  }

  private void begin(HeldRequest request) {
    workers.execute(() -> work(request));
  }

  private void work(HeldRequest request) {
    LeasedTask task;
    try {
      task = handler.apply(request.delivery());
    } catch (RuntimeException e) {
      health.failed(requestClass, e);
      task = LeasedTask.of(CompletableFuture.completedFuture(AcknowledgeType.RELEASE));
    }
    request.begun(task);
    task.outcome()
        .thenAccept(
            how -> {
              outcomes.add(new Outcome(request, how));
              wake();
            });
  }

  private void settle() {
    for (Outcome one = outcomes.poll(); one != null; one = outcomes.poll()) {
      if (owned.settle(one.request, one.how)) {
        gate.settled(requestClass);
        if (one.how != AcknowledgeType.ACCEPT) {
          releasedAt = System.nanoTime();
        }
      }
    }
  }

  private void lose(Collection<TopicPartition> partitions) {
    int lost = owned.remove(partitions);
    health.lost(lost);
    for (int left = lost; left > 0; left--) {
      gate.settled(requestClass);
    }
  }

  /** Leaves partitions to others, after a last commit. */
  private void giveUp(Consumer<String, byte[]> leaving, Collection<TopicPartition> partitions) {
    settle();
    owned.withdraw(partitions);
    commit(leaving, owned.uncommitted());
    lose(partitions);
  }

  /** Leaves the group. */
  private void leave() {
    Consumer<String, byte[]> leaving = consumer;
    if (leaving == null) {
      return;
    }
    consumer = null;
    health.parted(requestClass, NUMBER);
    try {
      giveUp(leaving, owned.names());
    } catch (KafkaException e) {
      health.failed(requestClass, e);
    }
    lose(owned.names());
    try {
      leaving.close(CloseOptions.timeout(PATIENCE));
    } catch (KafkaException e) {
      health.failed(requestClass, e);
    }
  }

  /** What the group gives to a consumer and takes from it, told on this thread. */
  private final class Assignments implements ConsumerRebalanceListener {
    private final Consumer<String, byte[]> consumer;

    Assignments(Consumer<String, byte[]> consumer) {
      this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        Set<TopicPartition> added = Set.copyOf(partitions);
        var committed = again(() -> consumer.committed(added, PATIENCE));
        added.forEach(one -> owned.add(one, PartitionProgress.of(committed.get(one))));
        log.info("{} partitions of {} came, {} now", added.size(), topic, owned.names().size());
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      giveUp(consumer, partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      lose(partitions);
    }
  }
}
