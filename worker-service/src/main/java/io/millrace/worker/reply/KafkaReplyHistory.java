package io.millrace.worker.reply;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The history of answers, read back from their reply topics. A topic is read on for a while: when a
 * worker dies, all that it held comes at once. Safe for use by several threads.
 */
public final class KafkaReplyHistory implements ReplyHistory, AutoCloseable {
  /** The clocks of those who write requests and replies may differ by this much. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  /** How long a topic is read on. */
  private static final Duration LINGER = Duration.ofSeconds(10);

  private final KafkaCluster cluster;
  private final ScheduledExecutorService timer;
  private final Duration patience;

  /** By the place, whoever reads there; guarded by this. */
  private final Map<ReplyAddress, HistoryReader> readers = new HashMap<>();

  /**
   * @param timer ends what is no longer read; may wait for Kafka
   * @param patience how long one may have to wait
   */
  public KafkaReplyHistory(
      KafkaCluster cluster, ScheduledExecutorService timer, Duration patience) {
    this.cluster = cluster;
    this.timer = timer;
    this.patience = patience;
  }

  @Override
  public PriorOutput before(
      Reply.Accepted accepted, ReplyAddress address, Instant since, ReplyStream stream) {
    ReplyAddress place = address.place();
    HistoryReader reader = reader(place, since.minus(CLOCK_SKEW));
    try {
      CompletableFuture<PriorOutput> told = reader.await(accepted);
      stream.send(accepted);
      stream.delivered().exceptionally(lost -> lose(told, lost));
      return told.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new UnreadableHistory("the replies of earlier attempts were not to be read in time", e);
    } catch (ExecutionException e) {
      throw new UnreadableHistory("the first reply of the attempt could not be stored", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableHistory("the worker is stopped", e);
    } finally {
      reader.forget(accepted);
      retireLater(place, reader);
    }
  }

  private void retireLater(ReplyAddress address, HistoryReader reader) {
    try {
      timer.schedule(() -> retire(address, reader), LINGER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopped) {
      retire(address, reader);
    }
  }

  private static Void lose(CompletableFuture<PriorOutput> told, Throwable lost) {
    told.completeExceptionally(lost);
    return null;
  }

  private synchronized HistoryReader reader(ReplyAddress address, Instant from) {
    HistoryReader known = readers.get(address);
    if (known != null && !from.isBefore(known.from())) {
      known.use();
      return known;
    }
    HistoryReader reader = HistoryReader.start(cluster, address, from);
    readers.put(address, reader);
    return reader;
  }

  private void retire(ReplyAddress address, HistoryReader reader) {
    synchronized (this) {
      if (!reader.release()) {
        return;
      }
      readers.remove(address, reader);
    }
    reader.close();
  }

  @Override
  public void close() {
    Map<ReplyAddress, HistoryReader> last;
    synchronized (this) {
      last = Map.copyOf(readers);
      readers.clear();
    }
    last.values().forEach(HistoryReader::close);
  }
}
