package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KernelCacheTest {
  private static final KernelSource SOURCE = new KernelSource("a.cu", "int a;", Map.of("N", 1));

  @TempDir private Path folder;
  private int compiled;

  private byte[] get(KernelCache cache, KernelSource source, String compiler) {
    return cache.get(source, compiler, () -> new byte[] {(byte) ++compiled});
  }

  @Test
  void kernels_areCompiledOnce() {
    KernelCache cache = new KernelCache(folder.resolve("new"));
    assertThat(get(cache, SOURCE, "12.8, 90")).containsExactly(1);
    assertThat(get(cache, SOURCE, "12.8, 90")).containsExactly(1);
    assertThat(get(new KernelCache(folder.resolve("new")), SOURCE, "12.8, 90")).containsExactly(1);
  }

  @Test
  void kernels_areCompiledAnewForEachSourceDefinitionAndCompiler() {
    KernelCache cache = new KernelCache(folder);
    get(cache, SOURCE, "12.8, 90");
    get(cache, SOURCE, "13.0, 90");
    get(cache, new KernelSource("a.cu", "int b;", Map.of("N", 1)), "12.8, 90");
    get(cache, new KernelSource("a.cu", "int a;", Map.of("N", 2)), "12.8, 90");
    assertThat(compiled).isEqualTo(4);
  }

  @Test
  void folderThatCannotBe_isDoneWithout() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    KernelCache cache = new KernelCache(file.resolve("below"));
    assertThat(get(cache, SOURCE, "12.8, 90")).containsExactly(1);
    assertThat(get(cache, SOURCE, "12.8, 90")).containsExactly(2);
  }

  @Test
  void folder_isBesideTheModels() {
    Path home = folder.resolve("home");
    get(KernelCache.of(Map.of("MILLRACE_HOME", home.toString())::get), SOURCE, "");
    assertThat(home.resolve("cuda")).isDirectoryContaining("glob:**");
    get(KernelCache.of(Map.of("XDG_CACHE_HOME", folder.toString())::get), SOURCE, "");
    assertThat(folder.resolve("millrace/cuda")).isDirectoryContaining("glob:**");
  }

  @Test
  void source_knowsItsKernels() {
    String text =
        """
        extern "C" __global__ void one(int* x) {}
        extern "C" __global__ void __launch_bounds__(32 * WARPS) two(
            int* x) {}
        """;
    KernelSource source = new KernelSource("b.cu", text, Map.of("B", 2, "A", 1));
    assertThat(source.kernels()).containsExactly("one", "two");
    assertThat(source.options()).containsExactly("-DA=1", "-DB=2");
  }
}
