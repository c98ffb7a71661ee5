package io.millrace.worker.control;

import io.millrace.worker.intake.Readers;
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

  private static final int REMEMBERED = 10_000;

  /** Our announcements so far; guarded by this. */
  private long age;

  /** The age at each reader's last word, or at which it was first met; guarded by this. */
  private final Map<String, Long> lastWords =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Takes note that a reader lives. */
  public synchronized void heard(String reader) {
    put(reader, age);
  }

  /** Takes note that a reader has left. */
  public synchronized void left(String reader) {
    put(reader, age - SILENCE);
  }

  private void put(String reader, long lastWord) {
    lastWords.remove(reader);
    lastWords.put(reader, lastWord);
  }

  /** Takes note that an announcement of ours has come back. */
  public synchronized void announced() {
    age++;
    lastWords.forEach(
        (reader, lastWord) -> {
          if (age - lastWord == SILENCE) {
            log.warn("reader {} is silent: its requests are cancelled", reader);
          }
        });
  }

  @Override
  public synchronized boolean isGone(String reader) {
    return age - lastWords.computeIfAbsent(reader, unknown -> age) >= SILENCE;
  }
}
