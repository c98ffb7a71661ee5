package io.millrace.engine.cuda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The source of kernels: CUDA C, and what it leaves to be defined.
 *
 * @param name for messages
 * @param text in which kernels are {@code extern "C"}
 * @param definitions of names in the text
 */
public record KernelSource(String name, String text, Map<String, Integer> definitions) {
  private static final Pattern KERNEL =
      Pattern.compile("extern \"C\" __global__ void (?:__launch_bounds__\\([^)]*\\) )?(\\w+)\\(");

  public KernelSource {
    definitions = Map.copyOf(definitions);
  }

  /** Definitions as compilers take them, in alphabetical order. */
  public List<String> options() {
    return sorted().entrySet().stream()
        .map(entry -> "-D%s=%d".formatted(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Names of the kernels that stand in the text as they are. */
  public List<String> kernels() {
    return KERNEL.matcher(text).results().map(found -> found.group(1)).toList();
  }

  /** A name for what a compiler makes of this source: different ones for different results. */
  public String fingerprint(String compiler) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(text, sorted().toString(), compiler)) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private SortedMap<String, Integer> sorted() {
    return new TreeMap<>(definitions);
  }
}
