package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreeMemoryTest {
  @TempDir private Path root;

  @BeforeEach
  void machine() throws IOException {
    write("proc/meminfo", "MemTotal: 2000 kB\nMemFree: 10 kB\nMemAvailable:    1000 kB\n");
  }

  @Test
  void machine_countsWhatTheKernelCouldFree() {
    assertThat(FreeMemory.ofMachine(root)).isEqualTo(1000 * 1024);
  }

  @Test
  void container_isAsTightAsItsTightestGroup() throws IOException {
    write("proc/self/cgroup", "0::/pod/container\n");
    group("sys/fs/cgroup/pod/container", "max", 400_000, "inactive_file 0\n");
    group("sys/fs/cgroup/pod", "500000", 450_000, "anon 5\ninactive_file 300000\n");
    assertThat(FreeMemory.ofMachine(root)).isEqualTo(350_000);
  }

  @Test
  void container_thatDoesNotSeeItsOwnPathReadsTheRoot() throws IOException {
    group("sys/fs/cgroup", "300000", 100_000, "");
    for (String path : List.of("/kubepods/x", "/../../kubepods/x")) {
      write("proc/self/cgroup", "0::" + path + "\n");
      assertThat(FreeMemory.ofMachine(root)).as(path).isEqualTo(200_000);
    }
  }

  @Test
  void firstVersionOfControlGroups_isUnderstood() throws IOException {
    write("proc/self/cgroup", "5:cpu,memory:/docker/x\n0::/\n");
    Path group = Path.of("sys/fs/cgroup/memory/docker/x");
    write(group.resolve("memory.limit_in_bytes").toString(), "300000\n");
    write(group.resolve("memory.usage_in_bytes").toString(), "250000\n");
    write(group.resolve("memory.stat").toString(), "inactive_file 1\ntotal_inactive_file 20000\n");
    assertThat(FreeMemory.ofMachine(root)).isEqualTo(70_000);
  }

  @Test
  void overdrawnGroup_hasNothingLeft() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    group("sys/fs/cgroup", "300000", 400_000, "");
    assertThat(FreeMemory.ofMachine(root)).isZero();
  }

  @Test
  void thisMachine_hasSome() {
    assertThat(FreeMemory.ofMachine(Path.of("/"))).isPositive();
  }

  private void group(String path, String limit, long used, String stat) throws IOException {
    write(path + "/memory.max", limit + "\n");
    write(path + "/memory.current", used + "\n");
    write(path + "/memory.stat", stat);
  }

  private void write(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
