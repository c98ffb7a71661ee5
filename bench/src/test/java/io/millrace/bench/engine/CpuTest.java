package io.millrace.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CpuTest {
  @ParameterizedTest
  @CsvSource({
    "sse2 avx avx2 avx512f amx_tile amx_bf16, amx",
    "sse2 avx avx2 avx512f, avx512",
    "sse2 avx avx2 fma, avx2",
    "sse2 avx, none"
  })
  void level_isTheHighest(String flags, String level) {
    Cpu cpu = Cpu.of(List.of("processor\t: 0", "flags\t\t: " + flags), "amd64", 2);

    assertThat(cpu.level()).isEqualTo(level);
  }

  @Test
  void name_isTheMakers() {
    List<String> info = List.of("model name\t: Some CPU @ 2.0GHz: fast", "model name\t: another");

    assertThat(Cpu.of(info, "amd64", 4)).isEqualTo(new Cpu("Some CPU @ 2.0GHz: fast", "none", 4));
  }

  @Test
  void elsewhere_isTheArchitecture() {
    assertThat(Cpu.of(List.of(), "aarch64", 8)).isEqualTo(new Cpu("aarch64", "neon", 8));
    assertThat(Cpu.here().cores()).isPositive();
  }
}
