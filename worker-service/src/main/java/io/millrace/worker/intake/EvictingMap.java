package io.millrace.worker.intake;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map that keeps only the newest entries. Safe for use by several threads. */
final class EvictingMap<K, V> {
  private final Map<K, V> entries;

  EvictingMap(int capacity) {
    this.entries =
        new LinkedHashMap<>() {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized void put(K key, V value) {
    entries.remove(key);
    entries.put(key, value);
  }

  synchronized @Nullable V get(K key) {
    return entries.get(key);
  }
}
