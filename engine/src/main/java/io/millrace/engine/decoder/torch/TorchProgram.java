package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The TorchScript program, {@code decoder.torchscript} and what follows it, loaded into libtorch.
 * The texts are TorchScript as PyTorch serialises it, not Python: an archive is a zip of such a
 * text and a few constants. It is made here, so that no Python is needed at any time.
 */
public final class TorchProgram implements AutoCloseable {
  private static final List<String> TEXTS =
      List.of("decoder.torchscript", "sampling.torchscript", "ceilings.torchscript");

  // A pickle of an object of class __torch__.Decoder without attributes, and of an empty tuple.
  private static final byte[] OBJECT =
      "\u0080\u0002c__torch__\nDecoder\nq\u0000)\u0081}q\u0001bq\u0002."
          .getBytes(StandardCharsets.ISO_8859_1);
  private static final byte[] NO_CONSTANTS = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
  // torch/csrc: kProducedFileFormatVersion; an older one would switch old operator meanings on.
  private static final byte[] VERSION = "10\n".getBytes(StandardCharsets.US_ASCII);

  private final PtSymbolBlock block;

  /** Loads the program. */
  public TorchProgram(PtNDManager manager) {
    try {
      String text = text(TorchEngine.isLikeCuda(manager.getDevice()));
      this.block =
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive(text)), false, false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load " + TEXTS, e);
    }
  }

  /** Calls a method; the caller closes the result. */
  IValue call(String method, IValue... arguments) {
    return IValueUtils.runMethod(block, method, arguments);
  }

  /** Calls a method that returns a tensor, which then belongs to {@code manager}. */
  PtNDArray tensor(PtNDManager manager, String method, IValue... arguments) {
    try (IValue result = call(method, arguments)) {
      return result.toTensor(manager);
    }
  }

  /**
   * Room for rows.
   *
   * @param like has rows of their width, on their device
   */
  PtNDArray emptyRows(PtNDManager manager, PtNDArray like, long rows, ScalarType type) {
    try (IValue array = IValue.from(like);
        IValue count = IValue.from(rows);
        IValue code = IValue.from(type.code())) {
      return tensor(manager, "empty_rows", array, count, code);
    }
  }

  /** Copies rows to where {@code first} is the place of the first of them. */
  void putRows(PtNDArray into, long first, PtNDArray rows) {
    try (IValue whole = IValue.from(into);
        IValue place = IValue.from(first);
        IValue array = IValue.from(rows)) {
      call("put_rows", whole, place, array).close();
    }
  }

  @Override
  public void close() {
    block.close();
  }

  private static byte[] archive(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      add(zip, "data.pkl", OBJECT);
      add(zip, "code/__torch__.py", text.getBytes(StandardCharsets.UTF_8));
      add(zip, "constants.pkl", NO_CONSTANTS);
      add(zip, "version", VERSION);
    }
    return bytes.toByteArray();
  }

  /**
   * @param cuda whether {@code on_cuda}, by which the text branches, is true
   */
  private static String text(boolean cuda) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String name : TEXTS) {
      try (InputStream part = TorchProgram.class.getResourceAsStream(name)) {
        if (part == null) {
          throw new IOException(name + " is not on the class path");
        }
        text.append('\n').append(new String(part.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return ScalarType.resolve(text.toString()).replaceAll("\\bon_cuda\\b", cuda ? "True" : "False");
  }

  private static void add(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("decoder/" + name);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
