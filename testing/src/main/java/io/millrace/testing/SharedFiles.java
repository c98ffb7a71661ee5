package io.millrace.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of reference checkpoints beside the repository, which not every checkout has. It is
 * named by the system property {@code millrace.shared}, or found as a sibling called {@code shared}
 * of some folder above.
 */
public final class SharedFiles {
  private SharedFiles() {}

  /** A file or folder within it; without it, the test that asks is skipped. */
  public static Path require(String path) {
    Path root = root();
    assumeTrue(root != null && Files.exists(root.resolve(path)), "there is no shared/" + path);
    return root.resolve(path);
  }

  private static @Nullable Path root() {
    String named = System.getProperty("millrace.shared");
    if (named != null) {
      return Path.of(named);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolveSibling("shared"))) {
        return at.resolveSibling("shared");
      }
    }
    return null;
  }
}
