package io.millrace.worker.control;

import io.millrace.kafka.Announcer;
import io.millrace.worker.intake.Readers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The readers of answers, and which of them are gone. Safe for use by several threads.
 *
 * <p>Time is counted in this worker's own announcements, as they come back from the topic on which
 * readers announce themselves as often. While that topic cannot be written nobody grows older, and
 * nobody does by lag or a stopped clock; afterwards a reader's next word comes as soon as ours.
 */
public final class ReaderDirectory implements Readers {
  private static final Logger log = LoggerFactory.getLogger(ReaderDirectory.class);

  /** Announcements of ours without a word of a reader that is gone: some 15 seconds. */
  static final int SILENCE = 5;

  /** How long another reader may take to go on, of one that was not heard to say how long. */
  private static final Duration USUAL = Duration.ofSeconds(5);

  private static final int REMEMBERED = 10_000;

  /** Our announcements so far; guarded by this. */
  private long age;

  /** Guarded by this. */
  private final Map<String, Reader> readers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Reader> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * A reader.
   *
   * @param goneAt the age at which it is, unless it speaks before
   * @param patience how many announcements of ours its answers wait once it has left
   * @param heardAt the age at which it spoke last; before 1 it did so before this worker was there
   */
  private record Reader(long goneAt, int patience, long heardAt) {}

  /**
   * Takes note that a reader lives.
   *
   * @param resume how long its answers wait for another one once it is gone
   */
  public synchronized void heard(String reader, Duration resume) {
    int patience = announcements(resume);
    put(reader, new Reader(age + Math.max(SILENCE, patience), patience, age));
  }

  /** Takes note that a reader has left. */
  public synchronized void left(String reader) {
    Reader known = readers.get(reader);
    int patience = known == null ? announcements(USUAL) : known.patience;
    put(reader, new Reader(age + patience, patience, age));
  }

  /** As many of ours as are no less than a time: the first may come at once. */
  private static int announcements(Duration time) {
    long every = Announcer.EVERY.toMillis();
    return time.isZero() ? 0 : (int) ((time.toMillis() + every - 1) / every) + 1;
  }

  private void put(String name, Reader reader) {
    readers.remove(name);
    readers.put(name, reader);
  }

  /** Takes note that an announcement of ours has come back. */
  public synchronized void announced() {
    age++;
    readers.forEach(
        (name, reader) -> {
          if (reader.goneAt == age && reader.heardAt > 0) {
            log.warn("reader {} has left or is silent: its requests are cancelled", name);
          }
        });
  }

  @Override
  public synchronized boolean isGone(String reader) {
    int patience = announcements(USUAL);
    return age
        >= readers.computeIfAbsent(reader, unknown -> new Reader(age + SILENCE, patience, age))
            .goneAt;
  }
}
