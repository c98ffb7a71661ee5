package io.millrace.api.results;

import io.millrace.api.error.RequestFailed;
import io.millrace.kafka.FollowedReplies;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.MissingReplies;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.ReplyStart;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.Wire;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The reader of what is stored of jobs: of a record by its place, of replies from the first on. */
public final class StoredRecords implements AutoCloseable {
  /** Each reads with a thread and a consumer of its own; more wait for one. */
  private static final int MOST_READERS = 8;

  private static final int MOST_WAITING = 10_000;
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int MOST_POLLS = 20;

  private final ReplyReader replyReader;
  private final ConsumerPool consumers;
  private final Scheduler scheduler =
      Schedulers.newBoundedElastic(MOST_READERS, MOST_WAITING, "job-reader", 60, true);

  /**
   * @param replyReader stays the caller's to close
   */
  public StoredRecords(KafkaCluster cluster, ReplyReader replyReader) {
    this.replyReader = replyReader;
    this.consumers = new ConsumerPool(cluster);
  }

  /** What a record of the results topic says. */
  public Mono<JobRecord> job(RecordPlace place) {
    return Mono.fromCallable(() -> Wire.decodeJob(fetch(place)))
        .subscribeOn(scheduler)
        .onErrorMap(StoredRecords::failure);
  }

  private byte[] fetch(RecordPlace place) {
    KafkaConsumer<String, byte[]> consumer = open(place);
    try {
      for (int polls = 0; polls < MOST_POLLS; polls++) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.offset() == place.offset() && record.value() != null) {
            byte[] value = record.value();
            consumers.give(consumer);
            return value;
          }
          throw new NoSuchElementException("no record at " + place);
        }
      }
      throw new TimeoutException("no record at " + place + " within 10 s");
    } catch (RuntimeException e) {
      consumers.drop(consumer);
      throw e;
    }
  }

  private KafkaConsumer<String, byte[]> open(RecordPlace place) {
    KafkaConsumer<String, byte[]> consumer = consumers.take();
    TopicPartition partition = new TopicPartition(place.topic(), place.partition());
    consumer.assign(List.of(partition));
    consumer.seek(partition, place.offset());
    return consumer;
  }

  /**
   * The replies to a request that are news, as they are stored, from a place on to the last.
   *
   * @param last where the last is known to lie; null if that is not known yet
   */
  public Flux<Reply> replies(String id, RecordPlace first, @Nullable RecordPlace last) {
    return Flux.<Reply>create(sink -> follow(id, first, last, sink))
        .publishOn(Schedulers.parallel())
        .onErrorMap(StoredRecords::failure);
  }

  private void follow(
      String id, RecordPlace first, @Nullable RecordPlace last, FluxSink<Reply> sink) {
    ReplyTracker tracker = new ReplyTracker();
    TopicPartition partition = new TopicPartition(first.topic(), first.partition());
    FollowedReplies followed =
        replyReader.follow(
            id, ReplyStart.at(partition, first.offset()), reply -> tell(tracker, reply, sink));
    sink.onDispose(followed::close);
    followed
        .caughtUp()
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                sink.error(error);
              } else if (last != null) {
                // It has come, or is not there any more.
                sink.error(new MissingAnswer());
              }
            });
  }

  private static void tell(ReplyTracker tracker, Reply reply, FluxSink<Reply> sink) {
    tracker
        .take(reply)
        .ifPresent(
            news -> {
              sink.next(news);
              if (news.isLast()) {
                sink.complete();
              }
            });
  }

  /** What was stored is not there any more. */
  private static final class MissingAnswer extends RuntimeException {
    MissingAnswer() {
      super("the last reply is missing", null, false, false);
    }
  }

  private static Throwable failure(Throwable e) {
    if (e instanceof OffsetOutOfRangeException
        || e instanceof NoSuchElementException
        || e instanceof MissingReplies
        || e instanceof MissingAnswer) {
      return new RequestFailed(FailureKind.NOT_FOUND, "the answer is not kept any more");
    }
    return e instanceof KafkaException
        ? new RequestFailed(FailureKind.UNAVAILABLE, "the results cannot be read; try again later")
        : e;
  }

  @Override
  public void close() {
    scheduler.dispose();
    consumers.close();
  }
}
