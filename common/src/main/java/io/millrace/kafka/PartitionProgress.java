package io.millrace.kafka;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of a consumer group in one partition of requests, which end in any order: where
 * nobody has been yet, and what was taken before and has not ended. It is what a member commits:
 * the offset is that of the first that has not ended, and the metadata hold the rest.
 *
 * @param next the offset before which every record was taken
 * @param open how often each record before that which has not ended was begun, by offset
 */
public record PartitionProgress(long next, SortedMap<Long, Integer> open) {
  /** Nothing was taken. */
  public static final PartitionProgress NONE = new PartitionProgress(0, new TreeMap<>());

  private static final Logger log = LoggerFactory.getLogger(PartitionProgress.class);

  /** Brokers refuse metadata of more than 4,096 bytes unless they are told otherwise. */
  private static final int MOST_CHARACTERS = 4_096;

  /** A long in base 36, a letter, and as much again by which the head may grow. */
  private static final int LONGEST_ENTRY = 28;

  private static final String VERSION = "millrace1:";
  private static final char NEVER_BEGUN = 'A';
  private static final int MOST_BEGINNINGS = 'Z' - NEVER_BEGUN;

  public PartitionProgress {
    open = Collections.unmodifiableSortedMap(new TreeMap<>(open));
  }

  /** The offset before which everything has ended. */
  public long start() {
    return open.isEmpty() ? next : open.firstKey();
  }

  /**
   * How many records have not ended.
   *
   * @param first the offset of the first record that is still there
   * @param end the offset after the last record
   */
  public long unfinished(long first, long end) {
    return open.tailMap(first).size() + Math.max(0, end - Math.max(first, next));
  }

  /** Whether the metadata have room for one more record. */
  public boolean hasRoom() {
    return metadata().length() + LONGEST_ENTRY <= MOST_CHARACTERS;
  }

  /** As it is committed. */
  public OffsetAndMetadata toCommit() {
    return new OffsetAndMetadata(start(), metadata());
  }

  /** Distances in base 36, the first from the committed offset; a capital letter counts begins. */
  private String metadata() {
    long last = start();
    StringBuilder text = new StringBuilder(VERSION).append(Long.toString(next - last, 36));
    text.append(':');
    for (Map.Entry<Long, Integer> entry : open.entrySet()) {
      text.append(Long.toString(entry.getKey() - last, 36));
      text.append((char) (NEVER_BEGUN + Math.min(MOST_BEGINNINGS, entry.getValue())));
      last = entry.getKey();
    }
    return text.toString();
  }

  /**
   * Reads what was committed; an offset that somebody else has set counts by itself.
   *
   * @param committed null if nothing was
   */
  public static PartitionProgress of(@Nullable OffsetAndMetadata committed) {
    if (committed == null) {
      return NONE;
    }
    String metadata = committed.metadata();
    try {
      if (metadata.startsWith(VERSION)) {
        return parse(committed.offset(), metadata.substring(VERSION.length()));
      }
    } catch (IllegalArgumentException e) {
      log.warn("metadata of a committed offset are not understood: {}", e.getMessage());
    }
    return new PartitionProgress(committed.offset(), new TreeMap<>());
  }

  private static PartitionProgress parse(long start, String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no colon in \"%s\"".formatted(text));
    }
    SortedMap<Long, Integer> open = new TreeMap<>();
    long offset = start;
    int begin = colon + 1;
    for (int i = begin; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= NEVER_BEGUN && c <= NEVER_BEGUN + MOST_BEGINNINGS) {
        offset += Long.parseLong(text.substring(begin, i), 36);
        open.put(offset, c - NEVER_BEGUN);
        begin = i + 1;
      }
    }
    return new PartitionProgress(start + Long.parseLong(text.substring(0, colon), 36), open);
  }
}
