package io.millrace.bench.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The processor that figures were measured on.
 *
 * @param name as the maker calls it, or the architecture
 * @param level what its vectors can do: {@code amx}, {@code avx512}, {@code avx2}, {@code neon} or
 *     {@code none}
 * @param cores that this process may use
 */
record Cpu(String name, String level, int cores) {
  private static final Path INFO = Path.of("/proc/cpuinfo");

  /** The processor of this machine. */
  static Cpu here() {
    int cores = Runtime.getRuntime().availableProcessors();
    String architecture = System.getProperty("os.arch", "unknown");
    try {
      return of(Files.readAllLines(INFO, StandardCharsets.UTF_8), architecture, cores);
    } catch (IOException notLinux) {
      return of(List.of(), architecture, cores);
    }
  }

  /** A processor by the lines of {@code /proc/cpuinfo}. */
  static Cpu of(List<String> info, String architecture, int cores) {
    Set<String> flags = new HashSet<>(Arrays.asList(value(info, "flags", "").split("\\s+")));
    return new Cpu(value(info, "model name", architecture), level(flags, architecture), cores);
  }

  private static String level(Set<String> flags, String architecture) {
    if (flags.contains("amx_tile")) {
      return "amx";
    }
    if (flags.contains("avx512f")) {
      return "avx512";
    }
    if (flags.contains("avx2")) {
      return "avx2";
    }
    return architecture.equals("aarch64") ? "neon" : "none";
  }

  private static String value(List<String> info, String key, String otherwise) {
    return info.stream()
        .map(line -> line.split(":", 2))
        .filter(pair -> pair.length == 2 && pair[0].strip().equals(key))
        .map(pair -> pair[1].strip())
        .findFirst()
        .orElse(otherwise);
  }
}
