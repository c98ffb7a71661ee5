package io.millrace.engine.cuda;

import static org.junit.jupiter.api.Assumptions.abort;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What NVRTC says of the kernels that it compiles, which it does on machines without a GPU, too.
 */
public final class CompilerReport {
  private static final Pattern KERNEL =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?(\\d+) bytes spill stores.*?Used (\\d+) registers",
          Pattern.DOTALL);

  private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

  private final Nvrtc compiler;

  /**
   * A kernel's needs.
   *
   * @param spilledBytes that registers do not hold
   * @param sharedBytes of a block's shared memory
   */
  public record Needs(String kernel, int registers, int spilledBytes, int sharedBytes) {}

  private CompilerReport(Nvrtc compiler) {
    this.compiler = compiler;
  }

  /** The compiler that is found; skips the test where there is none. */
  public static CompilerReport open() {
    CudaLibraries libraries = CudaLibraries.of(System::getenv);
    try {
      return new CompilerReport(Nvrtc.open(libraries));
    } catch (CudaException e) {
      return abort("kernels are not compiled for a GPU: " + e.getMessage());
    }
  }

  public String version() {
    return compiler.version();
  }

  /** Compiles kernels and tells what they need. */
  public List<Needs> compile(KernelSource source, int architecture) {
    Nvrtc.Compiled compiled = compiler.compile(source, architecture);
    List<Needs> all = new ArrayList<>();
    for (MatchResult found : KERNEL.matcher(compiled.log()).results().toList()) {
      int end = compiled.log().indexOf('\n', found.end());
      Matcher shared =
          SHARED.matcher(compiled.log().substring(found.end(), Math.max(end, found.end())));
      all.add(
          new Needs(
              found.group(1),
              Integer.parseInt(found.group(3)),
              Integer.parseInt(found.group(2)),
              shared.find() ? Integer.parseInt(shared.group(1)) : 0));
    }
    return all;
  }
}
