package io.millrace.engine.load;

import ai.djl.Device;
import com.sun.management.OperatingSystemMXBean;
import io.millrace.engine.decoder.torch.NvidiaDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The free memory of a device, a machine or a container: bytes that are left for this process. */
final class FreeMemory {
  private static final Logger log = LoggerFactory.getLogger(FreeMemory.class);

  /** Bytes taken to be free on a GPU that does not tell. */
  private static final long UNKNOWN_GPU = 2L << 30;

  private FreeMemory() {}

  static long of(Device device) {
    return device.isGpu() ? ofGpu(device) : ofMachine(Path.of("/"));
  }

  private static long ofGpu(Device device) {
    try {
      return NvidiaDriver.find().orElseThrow().memory(device.getDeviceId()).freeBytes();
    } catch (RuntimeException | LinkageError e) {
      log.warn(
          "{} does not say how much memory is free; --kv-cache-memory may be more than {} bytes",
          device,
          UNKNOWN_GPU,
          e);
      return UNKNOWN_GPU;
    }
  }

  /**
   * Bytes that can be had without swapping, on the machine and in every control group around this
   * process. Pages of files that were read do not count as taken: the kernel gives them up.
   *
   * @param root of the file system
   */
  static long ofMachine(Path root) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long free = available(root).orElseGet(system::getFreeMemorySize);
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // Such as "0::/group" or, of the first version, "4:memory:/group".
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        free = Math.min(free, leftInGroups(root.resolve("sys/fs/cgroup"), parts[2], Names.SECOND));
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        Path groups = root.resolve("sys/fs/cgroup/memory");
        free = Math.min(free, leftInGroups(groups, parts[2], Names.FIRST));
      }
    }
    return Math.max(0, free);
  }

  /** The names of files and figures in the two versions of control groups. */
  private enum Names {
    FIRST("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    SECOND("memory.max", "memory.current", "inactive_file");

    private final String limit;
    private final String used;
    private final String files;

    Names(String limit, String used, String files) {
      this.limit = limit;
      this.used = used;
      this.files = files;
    }
  }

  /** The least that a group or one above it has left. In a container the path may not be there. */
  private static long leftInGroups(Path groups, String path, Names names) {
    Path own = groups.resolve(path.replaceFirst("^/+", "")).normalize();
    long least = Long.MAX_VALUE;
    for (Path group = own.startsWith(groups) ? own : groups;
        group != null && group.startsWith(groups);
        group = group.getParent()) {
      OptionalLong limit = number(group.resolve(names.limit));
      OptionalLong used = number(group.resolve(names.used));
      if (limit.isPresent() && used.isPresent()) {
        long files = field(group.resolve("memory.stat"), names.files + " ").orElse(0);
        least = Math.min(least, limit.getAsLong() - used.getAsLong() + files);
      }
    }
    return least;
  }

  private static OptionalLong available(Path root) {
    OptionalLong kilobytes = field(root.resolve("proc/meminfo"), "MemAvailable:");
    return kilobytes.isPresent() ? OptionalLong.of(kilobytes.getAsLong() * 1024) : kilobytes;
  }

  private static OptionalLong field(Path file, String name) {
    return lines(file).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }

  /** The number in a file; "max" is none. */
  private static OptionalLong number(Path file) {
    return lines(file).stream()
        .filter(line -> line.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
