package io.millrace.engine.cuda;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** NVIDIA's compiler of CUDA C as a library, NVRTC; needs no GPU. */
final class Nvrtc {
  private final Functions functions;

  /** NVRTC's functions, as its C interface has them. */
  private interface Functions extends Library {
    int nvrtcVersion(IntByReference major, IntByReference minor);

    String nvrtcGetErrorString(int result);

    int nvrtcGetNumSupportedArchs(IntByReference count);

    int nvrtcGetSupportedArchs(int[] architectures);

    int nvrtcCreateProgram(
        PointerByReference program,
        String source,
        String name,
        int headers,
        @Nullable Pointer headerTexts,
        @Nullable Pointer headerNames);

    int nvrtcDestroyProgram(PointerByReference program);

    int nvrtcCompileProgram(Pointer program, int count, String[] options);

    int nvrtcGetProgramLogSize(Pointer program, LongByReference bytes);

    int nvrtcGetProgramLog(Pointer program, byte[] log);

    int nvrtcGetCUBINSize(Pointer program, LongByReference bytes);

    int nvrtcGetCUBIN(Pointer program, byte[] image);

    int nvrtcGetPTXSize(Pointer program, LongByReference bytes);

    int nvrtcGetPTX(Pointer program, byte[] image);
  }

  /**
   * What the compiler made.
   *
   * @param image that a driver loads
   * @param log what the compiler said, such as registers that kernels take
   */
  record Compiled(byte[] image, String log) {}

  private Nvrtc(Functions functions) {
    this.functions = functions;
  }

  /**
   * The compiler in these folders.
   *
   * @throws CudaException if there is none
   */
  static Nvrtc open(CudaLibraries libraries) {
    NativeLibrary library = libraries.open("nvrtc");
    return new Nvrtc(Native.load(library.getFile().toString(), Functions.class));
  }

  /** Such as {@code 12.8}. */
  String version() {
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    check(functions.nvrtcVersion(major, minor), "telling its version");
    return major.getValue() + "." + minor.getValue();
  }

  /**
   * Compiles kernels: machine code, or for architectures that are newer than the compiler a program
   * that the driver compiles further.
   *
   * @param architecture such as 90
   * @throws CudaException if the source is none, with what the compiler says
   */
  Compiled compile(KernelSource source, int architecture) {
    int known = known(architecture);
    boolean machineCode = known == architecture;
    List<String> options = new ArrayList<>(source.options());
    options.add("--std=c++17");
    options.add("--gpu-architecture=" + (machineCode ? "sm_" : "compute_") + known);
    if (machineCode) {
      options.add("--ptxas-options=--verbose");
    }
    PointerByReference program = new PointerByReference();
    check(
        functions.nvrtcCreateProgram(program, source.text(), source.name(), 0, null, null),
        "taking " + source.name());
    try {
      return compile(program.getValue(), options, machineCode, source);
    } finally {
      functions.nvrtcDestroyProgram(program);
    }
  }

  private Compiled compile(
      Pointer program, List<String> options, boolean machineCode, KernelSource source) {
    int result =
        functions.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
    String log = log(program);
    if (result != 0) {
      throw new CudaException(
          "%s with %s cannot be compiled: %s"
              .formatted(source.name(), String.join(" ", options), log.strip()));
    }
    LongByReference bytes = new LongByReference();
    check(
        machineCode
            ? functions.nvrtcGetCUBINSize(program, bytes)
            : functions.nvrtcGetPTXSize(program, bytes),
        "telling a size");
    byte[] image = new byte[Math.toIntExact(bytes.getValue())];
    check(
        machineCode
            ? functions.nvrtcGetCUBIN(program, image)
            : functions.nvrtcGetPTX(program, image),
        "giving its result");
    return new Compiled(image, log);
  }

  private String log(Pointer program) {
    LongByReference bytes = new LongByReference();
    check(functions.nvrtcGetProgramLogSize(program, bytes), "telling a size");
    byte[] log = new byte[Math.toIntExact(bytes.getValue())];
    check(functions.nvrtcGetProgramLog(program, log), "giving its log");
    // A C string, with its zero.
    return new String(log, 0, Math.max(0, log.length - 1), StandardCharsets.UTF_8);
  }

  /** The newest architecture that the compiler knows, up to one. */
  private int known(int architecture) {
    IntByReference count = new IntByReference();
    check(functions.nvrtcGetNumSupportedArchs(count), "telling what it knows");
    int[] all = new int[count.getValue()];
    check(functions.nvrtcGetSupportedArchs(all), "telling what it knows");
    return Arrays.stream(all)
        .filter(it -> it <= architecture)
        .max()
        .orElseThrow(
            () ->
                new CudaException(
                    "NVRTC %s knows no GPU of compute capability %d.%d or before"
                        .formatted(version(), architecture / 10, architecture % 10)));
  }

  private void check(int result, String what) {
    if (result != 0) {
      throw new CudaException(
          "NVRTC failed at %s: %s".formatted(what, functions.nvrtcGetErrorString(result)));
    }
  }
}
