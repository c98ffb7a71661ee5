package io.millrace.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The removal of a model that is one file of Millrace's own. */
record FileRemoval(String name, Path file, Path lockFile) implements CacheRemoval {

  @Override
  public void check() {}

  @Override
  public String what() {
    return name + " (" + file.getFileName() + ")";
  }

  @Override
  public String stays() {
    return "";
  }

  @Override
  public long bytes() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, HubCache.NO_LINKS).size();
  }

  @Override
  public long run() throws IOException {
    try (CacheLock lock = CacheLock.acquireAtOnce(lockFile)) {
      long bytes = bytes();
      Files.delete(file);
      return bytes;
    }
  }
}
