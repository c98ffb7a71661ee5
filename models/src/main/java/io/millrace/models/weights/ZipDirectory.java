package io.millrace.models.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The central directory of a zip file, with the places of its uncompressed entries, which the JDK's
 * own reader does not tell. Its size and the number of entries are bounded before any is read,
 * which Commons Compress does not do.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT</a>
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int ENTRY = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int EXTRA64 = 1;
  private static final long SEE_EXTRA64 = 0xffffffffL;
  private static final int MAX_ENTRIES = 1 << 18;
  private static final int MAX_BYTES = 1 << 27;

  /** An entry, whose {@code header} is where its local header begins. */
  private record Entry(int flags, int method, long packed, long size, long header) {}

  /** Bytes of an entry within the file. */
  record Extent(long offset, long length) {}

  private record Central(long offset, long length, long entries) {}

  private final MappedFile file;
  private final Map<String, Entry> entries;

  private ZipDirectory(MappedFile file, Map<String, Entry> entries) {
    this.file = file;
    this.entries = entries;
  }

  static ZipDirectory read(MappedFile file) {
    Central central = findCentral(file);
    if (central.entries > MAX_ENTRIES || central.length > MAX_BYTES || central.length < 0) {
      throw new BadCheckpoint(
          file.path(),
          "claims a zip directory of %s entries in %s bytes; the limits are %d and %d"
              .formatted(
                  Long.toUnsignedString(central.entries),
                  Long.toUnsignedString(central.length),
                  MAX_ENTRIES,
                  MAX_BYTES));
    }
    ByteCursor cursor = new ByteCursor(file.path(), file.map(central.offset, central.length));
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (long i = 0; i < central.entries; i++) {
      readEntry(cursor, entries);
    }
    return new ZipDirectory(file, entries);
  }

  private static Central findCentral(MappedFile file) {
    long tail = Math.min(file.size(), END_BYTES + 0xffff + LOCATOR64_BYTES);
    ByteCursor cursor = new ByteCursor(file.path(), file.map(file.size() - tail, tail));
    for (long at = tail - END_BYTES; at >= 0; at--) {
      if (cursor.at(at).i32() == END && cursor.at(at + 20).u16() == tail - at - END_BYTES) {
        cursor.at(at + 10);
        long count = cursor.u16();
        long length = cursor.u32();
        long offset = cursor.u32();
        if (at >= LOCATOR64_BYTES && cursor.at(at - LOCATOR64_BYTES).i32() == LOCATOR64) {
          return readCentral64(file, cursor.at(at - LOCATOR64_BYTES + 8).i64());
        }
        return new Central(offset, length, count);
      }
    }
    throw new BadCheckpoint(file.path(), "is cut short or damaged: its zip directory is missing");
  }

  private static Central readCentral64(MappedFile file, long at) {
    ByteCursor cursor = new ByteCursor(file.path(), file.map(at, END64_BYTES));
    if (cursor.i32() != END64) {
      throw cursor.bad("is damaged: byte %d is no zip64 directory record".formatted(at));
    }
    cursor.at(32);
    long count = cursor.i64();
    long length = cursor.i64();
    return new Central(cursor.i64(), length, count < 0 ? Long.MAX_VALUE : count);
  }

  private static void readEntry(ByteCursor cursor, Map<String, Entry> entries) {
    if (cursor.i32() != ENTRY) {
      throw cursor.bad("is damaged: its zip directory breaks off after " + entries.size());
    }
    cursor.skip(4);
    int flags = cursor.u16();
    int method = cursor.u16();
    cursor.skip(8);
    long packed = cursor.u32();
    long size = cursor.u32();
    int nameLength = cursor.u16();
    int extraLength = cursor.u16();
    int commentLength = cursor.u16();
    cursor.skip(8);
    long header = cursor.u32();
    String name = cursor.utf8(nameLength, nameLength);
    int extra = cursor.position();
    cursor.skip(extraLength);
    Entry entry = widened(cursor, extra, new Entry(flags, method, packed, size, header));
    cursor.at(extra + extraLength).skip(commentLength);
    if (entries.put(name, entry) != null) {
      throw cursor.bad("has the zip entry %s twice".formatted(name));
    }
  }

  /** The extra field holds, in this order, only those numbers that 32 bits did not. */
  private static Entry widened(ByteCursor cursor, int extra, Entry entry) {
    int end = cursor.position();
    cursor.at(extra);
    while (end - cursor.position() >= 4) {
      int id = cursor.u16();
      int length = cursor.u16();
      if (id == EXTRA64) {
        long size = entry.size == SEE_EXTRA64 ? cursor.i64() : entry.size;
        long packed = entry.packed == SEE_EXTRA64 ? cursor.i64() : entry.packed;
        long header = entry.header == SEE_EXTRA64 ? cursor.i64() : entry.header;
        return new Entry(entry.flags, entry.method, packed, size, header);
      }
      cursor.skip(length);
    }
    return entry;
  }

  Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * Where an entry's bytes lie.
   *
   * @throws BadCheckpoint if there is no such entry, or it is compressed or encrypted
   */
  Extent extent(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw bad(name, "is missing");
    }
    if ((entry.flags & 1) != 0 || entry.method != 0 || entry.packed != entry.size) {
      throw bad(name, "is compressed or encrypted; torch.save writes it plain");
    }
    ByteCursor local = new ByteCursor(file.path(), file.map(entry.header, LOCAL_BYTES));
    if (local.i32() != LOCAL) {
      throw bad(name, "does not begin at byte " + entry.header);
    }
    local.at(26);
    long offset = entry.header + LOCAL_BYTES + local.u16() + local.u16();
    if (!file.holds(offset, entry.size)) {
      throw bad(name, "reaches past the file's end");
    }
    return new Extent(offset, entry.size);
  }

  private BadCheckpoint bad(String entry, String what) {
    return new BadCheckpoint(file.path(), "the zip entry %s %s".formatted(entry, what));
  }
}
