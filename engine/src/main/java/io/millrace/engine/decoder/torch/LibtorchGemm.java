package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.millrace.engine.decoder.gemm.Gemm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN's batch-reduce GEMM (arXiv:1906.06440) as libtorch has it for its own operators, {@code
 * at::native::cpublas::brgemm}: it runs on the calling thread and takes bare memory, so that a step
 * can multiply panel by panel what lies in the caches. No operator of DJL does that.
 */
public final class LibtorchGemm implements Gemm {
  private static final Logger log = LoggerFactory.getLogger(LibtorchGemm.class);

  /**
   * The functions' names in libtorch 2.7, of bfloat16 and of bytes; their last argument tells that
   * B's neighbours lie together.
   */
  private static final Map<String, String> SYMBOLS =
      Map.of(
          "brgemm", "_ZN2at6native7cpublas6brgemmEllllllbPKN3c108BFloat16ES5_Pfb",
          "brgemmInt8", "_ZN2at6native7cpublas6brgemmEllllllbPKhPKaPib");

  private static final Path CPU = Path.of("/proc/cpuinfo");

  private LibtorchGemm() {}

  /**
   * The linked function, looked up once, when a model first asks for it: DJL has loaded libtorch by
   * then.
   */
  private static final class Linked {
    private static final Optional<Gemm> FUNCTION = link();
  }

  /** The GEMM of this libtorch; empty where it has none, or the CPU does not multiply bfloat16. */
  public static Optional<Gemm> find() {
    return Linked.FUNCTION;
  }

  @Override
  public void multiply(Shape shape, long a, long b, long c, boolean add) {
    brgemm(
        shape.rows(),
        shape.columns(),
        shape.depth(),
        shape.aStride(),
        shape.bStride(),
        shape.cStride(),
        add ? 1 : 0,
        a,
        b,
        c,
        1);
  }

  @Override
  public void multiplyInt8(Shape shape, long a, long b, long c) {
    brgemmInt8(
        shape.rows(),
        shape.columns(),
        shape.depth(),
        shape.aStride(),
        shape.bStride(),
        shape.cStride(),
        0,
        a,
        b,
        c,
        1);
  }

  @Override
  public long address(ByteBuffer direct) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  private static Optional<Gemm> link() {
    if (!multipliesBfloat16() || System.getenv("ONEDNN_MAX_CPU_ISA") != null) {
      return Optional.empty();
    }
    String file = System.mapLibraryName("torch_cpu");
    try {
      NativeLibrary library =
          NativeLibrary.getInstance(
              Path.of(LibUtils.getLibtorchPath()).resolve(file).toString(),
              Map.of(
                  Library.OPTION_FUNCTION_MAPPER,
                  (FunctionMapper) (any, method) -> SYMBOLS.get(method.getName())));
      Native.register(LibtorchGemm.class, library);
      return Optional.of(new LibtorchGemm());
    } catch (LinkageError e) {
      log.info("libtorch has no brgemm to call: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static native void brgemm(
      long m,
      long n,
      long k,
      long lda,
      long ldb,
      long ldc,
      int add,
      long a,
      long b,
      long c,
      int paired);

  private static native void brgemmInt8(
      long m,
      long n,
      long k,
      long lda,
      long ldb,
      long ldc,
      int add,
      long a,
      long b,
      long c,
      int paired);

  private static boolean multipliesBfloat16() {
    try (Stream<String> lines = Files.lines(CPU)) {
      return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx512_bf16"));
    } catch (IOException e) {
      return false;
    }
  }
}
