package io.millrace.bench.soak;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** The memory that this process takes of the machine's. */
final class ProcessMemory {
  private static final Path PROCESS = Path.of("/proc/self");
  private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]+)");
  private static final Pattern RANGE = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ ");
  private static final String TENSOR = "ai.djl.pytorch.engine.PtNDArray";
  private static final long KIB = 1024;

  private ProcessMemory() {}

  /**
   * Bytes in memory.
   *
   * @throws StartFailure if the system does not tell
   */
  static long rss() {
    return sum(lines("status"), "VmRSS:") * KIB;
  }

  /** Bytes of the Java heap in memory. */
  static long heapResident() {
    return resident(lines("smaps"), addresses(diagnose("gcHeapInfo"))) * KIB;
  }

  /** Bytes of Java objects. */
  static long heapUsed() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Collects garbage, and counts the native tensors that are left. */
  static long tensorsAfterCollection() {
    return instances(diagnose("gcClassHistogram"), TENSOR);
  }

  private static List<String> lines(String name) {
    Path file = PROCESS.resolve(name);
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException notLinux) {
      throw new StartFailure(
          "bench soak reads %s, which this system does not have".formatted(file), notLinux);
    }
  }

  private static String diagnose(String command) {
    try {
      Object answer =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  command,
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return String.valueOf(answer);
    } catch (JMException e) {
      throw new StartFailure("bench soak needs a JVM that has the command " + command, e);
    }
  }

  /** The addresses in a text such as {@code [0xc0000000, 0xf0000000)}, in order. */
  static long[] addresses(String text) {
    return ADDRESS
        .matcher(text)
        .results()
        .mapToLong(found -> Long.parseUnsignedLong(found.group(1), 16))
        .sorted()
        .toArray();
  }

  /**
   * Kilobytes in memory between the first and the last of some addresses.
   *
   * @param maps as {@code /proc/self/smaps} has them: a line of addresses, then lines of figures
   */
  static long resident(List<String> maps, long[] addresses) {
    long sum = 0;
    boolean inside = false;
    for (String line : maps) {
      var range = RANGE.matcher(line);
      if (range.lookingAt()) {
        long begin = Long.parseUnsignedLong(range.group(1), 16);
        inside =
            addresses.length > 0
                && begin >= addresses[0]
                && begin < addresses[addresses.length - 1];
      } else if (inside) {
        sum += sum(List.of(line), "Rss:");
      }
    }
    return sum;
  }

  /** The numbers in lines such as {@code VmRSS: 1234 kB}. */
  static long sum(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }

  /** From lines such as {@code 3: 120 3840 some.Type (module)}: number, instances, bytes, type. */
  static long instances(String histogram, String type) {
    return histogram
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(parts -> parts.length >= 4 && parts[3].equals(type))
        .mapToLong(parts -> Long.parseLong(parts[1]))
        .sum();
  }
}
