package io.millrace.models.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An exclusive lock on a part of the cache, held by one thread of one process at a time while it
 * adds files. It ends with the process, however that ends.
 */
final class CacheLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CacheLock.class);

  /** The operating system's locks hold between processes only. */
  private static final ConcurrentHashMap<Path, ReentrantLock> WITHIN_PROCESS =
      new ConcurrentHashMap<>();

  private final ReentrantLock thread;
  private final FileChannel channel;

  private CacheLock(ReentrantLock thread, FileChannel channel) {
    this.thread = thread;
    this.channel = channel;
  }

  /** Waits for the lock. */
  static CacheLock acquire(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ReentrantLock thread = lockWithinProcess(file);
    thread.lock();
    try {
      return new CacheLock(thread, lockedChannel(file, true));
    } catch (IOException | RuntimeException e) {
      thread.unlock();
      throw e;
    }
  }

  /**
   * Takes the lock if nobody holds it.
   *
   * @throws HubFailure if somebody does
   */
  static CacheLock acquireAtOnce(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ReentrantLock thread = lockWithinProcess(file);
    if (thread.isHeldByCurrentThread() || !thread.tryLock()) {
      throw busy(file);
    }
    try {
      return new CacheLock(thread, lockedChannel(file, false));
    } catch (IOException | RuntimeException e) {
      thread.unlock();
      throw e;
    }
  }

  private static HubFailure busy(Path file) {
    return new HubFailure("it is being downloaded: somebody holds the lock " + file, null);
  }

  private static ReentrantLock lockWithinProcess(Path file) {
    return WITHIN_PROCESS.computeIfAbsent(
        file.toAbsolutePath().normalize(), path -> new ReentrantLock());
  }

  private static FileChannel lockedChannel(Path file, boolean wait) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() == null) {
        if (!wait) {
          throw busy(file);
        }
        LOG.info("another process adds to the cache; waiting for its lock {}", file);
        channel.lock();
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      thread.unlock();
    }
  }
}
