package io.millrace.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of driver, compiler and library of matrices, as doubles of these tell them. */
final class NvidiaDeviceTest {
  /** The release of Java from which on it says so, where it was not allowed. */
  private static final int WARNS_OF_NATIVE_CODE = 22;

  @TempDir private Path folder;

  @Test
  void calls_areThoseOfTheInterfaces() throws Exception {
    EmulationCompiler.assumeThere();
    standIn("LIBCUDA", "libcuda.so.1");
    standIn("LIBNVRTC", "libnvrtc.so.12");
    standIn("LIBCUBLASLT", "libcublasLt.so.12");

    assertThat(told())
        .isEqualTo(
            """
            there is no GPU cuda:2, but 2
            current 1041
            preference 1 is 33554432, 8 bytes
            cuda:1: Double 41, compute capability 9.0, driver for CUDA 12.8, NVRTC 12.8
            5
            wait 71
            0 6 0
            program k.cu, 44 bytes, 0 headers
            compile -DN=3 --std=c++17 --gpu-architecture=sm_90 --ptxas-options=--verbose
            destroy 60
            load CUBIN
            function kernel of 90
            attribute 8 of 91 is 102400
            launch 91 (2 3 4) (128 1 1) 102400 on 71: 123456789ab -5 1.5, 1
            description 68 0
            attribute 3 is 1, 4 bytes
            layout 101: type 14, 64 x 20, 96
            layout 102: type 14, 64 x 9, 64
            layout 103: type 0, 20 x 9, 32
            propose 50 51: 101 102 103 103, 52, 1
            multiply 50 51: 1 12(101) 11(102) 0 13(103) 13(103), 7, 1, 33554432 bytes, 71
            description 68 0
            attribute 3 is 1, 4 bytes
            layout 104: type 0, 64 x 20, 64
            layout 105: type 0, 64 x 9, 64
            layout 106: type 0, 20 x 9, 20
            propose 50 51: 104 105 106 106, 52, 1
            multiply 50 51: 1 12(104) 11(105) 1 13(106) 13(106), 7, 1, 33554432 bytes, 71
            capture 1
            launch 91 (1 1 1) (32 1 1) 0 on 71: 1 2 0.25, 1
            captured
            instantiate 81 0
            launch graph 82 on 71
            destroy executable
            destroy graph
            wait 71
            CUDA out of memory: cuda:1 has no 2097152 MiB left, but 5120 MiB
            launch 91 (999 1 1) (32 1 1) 0 on 71: 1 2 3, 1
            CUDA error: the GPU failed at a launch of kernel: CUDA_ERROR_ILLEGAL_ADDRESS, an illegal \
            memory access was encountered (700)
            there is no kernel other
            program bad.cu, 3 bytes, 0 headers
            compile --std=c++17 --gpu-architecture=sm_90 --ptxas-options=--verbose
            destroy 60
            bad.cu with --std=c++17 --gpu-architecture=sm_90 --ptxas-options=--verbose cannot be \
            compiled: error
            program k.cu, 44 bytes, 0 headers
            compile -DN=3 --std=c++17 --gpu-architecture=compute_90
            destroy 60
            PTX
            destroy handle
            unload
            free host
            destroy stream
            release 41
            """);
    assertThat(folder.resolve("home/cuda")).isDirectoryContaining("glob:**");
  }

  private void standIn(String name, String file) throws IOException {
    Path source = folder.resolve("doubles.cpp");
    try (InputStream text = getClass().getResourceAsStream("doubles.cpp")) {
      Files.write(source, Objects.requireNonNull(text, "doubles.cpp").readAllBytes());
    }
    EmulationCompiler.run(
        List.of(
            "g++",
            "-shared",
            "-fPIC",
            "-D" + name,
            "-o",
            folder.resolve(file).toString(),
            source.toString()));
  }

  /** In a process of its own: what is loaded once stays. */
  private String told() throws Exception {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= WARNS_OF_NATIVE_CODE) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "-XX:TieredStopAtLevel=1",
            NvidiaDeviceRun.class.getName()));
    ProcessBuilder process = new ProcessBuilder(command);
    process.environment().put("LD_LIBRARY_PATH", folder.toString());
    process.environment().put("MILLRACE_HOME", folder.resolve("home").toString());
    process.environment().put(CudaLibraries.FOLDERS, folder.toString());
    process.redirectErrorStream(true).redirectOutput(output.toFile());
    process.start().waitFor();
    return Files.readString(output);
  }
}
