package io.millrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class ProcessMemoryTest {
  @Test
  void resident_isThatOfMapsWithinTheHeap() {
    long[] heap =
        ProcessMemory.addresses(
            """
            def new generation   total 115200K, used 4096K [0xc0000000, 0xc7d00000, 0xd5550000)
             tenured generation   total 256000K, used 0K [0xd5550000, 0xe4f50000, 0x100000000)
            """);
    List<String> maps =
        List.of(
            "7f00-7fff r-xp 00000000 08:01 99   /lib/x.so",
            "Rss:                 999 kB",
            "c0000000-c7d00000 rw-p 00000000 00:00 0",
            "Size:             128000 kB",
            "Rss:                 100 kB",
            "Private_Dirty:       100 kB",
            "d5550000-e4f50000 rw-p 00000000 00:00 0",
            "Rss:                  20 kB",
            "100000000-100100000 rw-p 00000000 00:00 0",
            "Rss:                   3 kB");
    assertThat(ProcessMemory.resident(maps, heap)).isEqualTo(120);
    assertThat(ProcessMemory.resident(maps, new long[0])).isZero();
  }

  @Test
  void instances_areThoseOfTheTypeItself() {
    String histogram =
        """
         num     #instances         #bytes  class name (module)
        -------------------------------------------------------
           1:         29372        2819072  [B (java.base@17)
           2:           120           3840  some.Type
           3:             7            840  some.Type$Inner
        Total           130           4680
        """;
    assertThat(ProcessMemory.instances(histogram, "some.Type")).isEqualTo(120);
    assertThat(ProcessMemory.instances(histogram, "other.Type")).isZero();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void figures_areThoseOfThisProcess() {
    assertThat(ProcessMemory.tensorsAfterCollection()).isNotNegative();
    assertThat(ProcessMemory.heapUsed()).isPositive();
    assertThat(ProcessMemory.heapResident()).isBetween(1L, ProcessMemory.rss());
  }
}
