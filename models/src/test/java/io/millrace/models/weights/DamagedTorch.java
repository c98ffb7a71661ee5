package io.millrace.models.weights;

import io.millrace.testing.LittleEndian;
import io.millrace.testing.PickleWriter;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TorchWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** PyTorch archives that are wrong or hostile, each in one way. */
final class DamagedTorch {
  private static final long HUGE = 1L << 40;

  private DamagedTorch() {}

  static Stream<Damage> cases() {
    return Stream.concat(archives(), Stream.concat(pickles(), tensors()));
  }

  private static Stream<Damage> archives() {
    byte[] valid = valid();
    return Stream.of(
        file("an empty file", "cut short", new byte[0]),
        file(
            "a text file",
            "not a file of torch.save",
            "version https://git-lfs".getBytes(StandardCharsets.UTF_8)),
        file(
            "an archive cut off",
            "zip directory is missing",
            Arrays.copyOf(valid, valid.length / 2)),
        file("a directory outside the file", "the file ends at", swapped(valid, 50, 1L << 50)),
        file("a directory of 2^60 entries", "claims a zip directory", swapped(valid, 66, 1L << 60)),
        file("no pickle", "has no data.pkl", new TorchWriter().storage("0", new byte[4]).toBytes()),
        file(
            "big-endian numbers",
            "big-endian",
            new TorchWriter()
                .pickle(new PickleWriter().op('}').op('.').toBytes())
                .entry("byteorder", "big".getBytes(StandardCharsets.UTF_8))
                .toBytes()),
        tensor(
            "a missing storage",
            "the zip entry archive/data/9 is missing",
            pickle -> pickle.tensor("FloatStorage", "9", 2, 0, numbers(2), numbers(1))));
  }

  private static Stream<Damage> pickles() {
    return Stream.of(
        pickle(
            "a call of os.system",
            "os.system, which is refused",
            p -> p.global("os", "system").string("true").raw(0x85).op('R')),
        pickle(
            "a call by a name from the stack",
            "builtins.exec, which is refused",
            p -> p.string("builtins").string("exec").raw(0x93)),
        pickle("a class to instantiate", "0x81", p -> p.op('}').op(')').raw(0x81)),
        pickle("an old instance", "0x69", p -> p.op('(').raw('i')),
        pickle("an extension code", "0x82", p -> p.raw(0x82, 1)),
        pickle(
            "state for a tensor class",
            "sets the state",
            p -> p.global("torch", "FloatStorage").op('}').op('b')),
        pickle("a call of a string", "no function", p -> p.string("f").op(')').op('R')),
        pickle("an empty stack", "empty stack", p -> p.op('s')),
        pickle("a tuple without beginning", "did not begin", p -> p.op('t')),
        pickle("no end", "cut short", p -> p.op('N').op('0')),
        pickle(
            "a string of four gigabytes",
            "past the limit",
            p -> p.raw('X', 0xff, 0xff, 0xff, 0xff)),
        pickle(
            "a string of 2^63 bytes",
            "past the limit",
            p -> p.raw(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80)),
        pickle("bytes of 2^62", "cut short", p -> p.raw(0x8e, 0, 0, 0, 0, 0, 0, 0, 0x40)),
        pickle("a number of 255 bytes", "number of 255 bytes", p -> p.raw(0x8a, 255)),
        pickle("a list as key of a dict", "key is neither", p -> p.op('}').op(']').op('N').op('s')),
        pickle(
            "a dict that holds itself as a key",
            "key is neither",
            p -> p.op('}').raw('q', 0, 'h', 0, 'N', 's')),
        pickle("ten million containers", "more than", p -> many(p, "(l0", 3_500_000)),
        pickle(
            "tuples nested a million deep",
            "something else than a dict",
            p -> many(p.op(')'), "\u0085", 1_000_000)),
        pickle("a list instead of a dict", "something else than a dict", p -> p.op(']')),
        pickle("a dict without tensors", "without tensors", p -> p.op('}')));
  }

  private static Stream<Damage> tensors() {
    return Stream.of(
        tensor(
            "a storage that claims too much",
            "needs a storage",
            p -> p.tensor("FloatStorage", "0", HUGE, 0, numbers(2), numbers(1))),
        tensor(
            "a negative storage",
            "needs a storage",
            p -> p.tensor("FloatStorage", "0", -1, 0, numbers(2), numbers(1))),
        tensor(
            "a view past its storage",
            "does not fit",
            p -> p.tensor("FloatStorage", "0", 4, 3, numbers(2), numbers(1))),
        tensor(
            "a view before its storage",
            "does not fit",
            p -> p.tensor("FloatStorage", "0", 4, -1, numbers(2), numbers(1))),
        tensor(
            "a stride that wraps around",
            "does not fit",
            p -> p.tensor("FloatStorage", "0", 4, 0, numbers(3, 1), numbers(Long.MAX_VALUE, 1))),
        tensor(
            "one number repeated 2^40 times",
            "does not fit",
            p -> p.tensor("FloatStorage", "0", 4, 0, numbers(HUGE), numbers(0))),
        tensor(
            "too few strides",
            "does not fit",
            p -> p.tensor("FloatStorage", "0", 4, 0, numbers(2, 2), numbers(1))),
        tensor(
            "a size of 2^66",
            "more than 2^56",
            p -> p.tensor("FloatStorage", "0", 4, 0, numbers(1L << 33, 1L << 33), numbers(1, 1))),
        tensor(
            "nine dimensions",
            "9 dimensions",
            p -> p.tensor("FloatStorage", "0", 4, 0, new long[9], new long[9])),
        tensor(
            "a tensor of a tensor",
            "no Storage as argument 0",
            p -> p.global("torch._utils", "_rebuild_tensor_v2").op('(').op('N').op('t').op('R')),
        tensor(
            "an expanded OrderedDict",
            "OrderedDict with arguments",
            p -> p.global("collections", "OrderedDict").op(']').raw(0x85).op('R')));
  }

  private static PickleWriter many(PickleWriter pickle, String opcodes, int times) {
    for (int i = 0; i < times; i++) {
      for (char opcode : opcodes.toCharArray()) {
        pickle.raw(opcode);
      }
    }
    return pickle;
  }

  private static Damage file(String what, String message, byte[] bytes) {
    return new Damage("torch: " + what, message, folder -> write(folder, bytes));
  }

  private static Damage pickle(String what, String message, UnaryOperator<PickleWriter> body) {
    byte[] pickle = body.apply(new PickleWriter()).op('.').toBytes();
    byte[] cut = what.equals("no end") ? Arrays.copyOf(pickle, pickle.length - 1) : pickle;
    return file(what, message, new TorchWriter().pickle(cut).toBytes());
  }

  /** A dict with one tensor of a storage of four floats. */
  private static Damage tensor(String what, String message, UnaryOperator<PickleWriter> tensor) {
    PickleWriter pickle = tensor.apply(new PickleWriter().op('}').string("t")).op('s').op('.');
    return file(
        what,
        message,
        new TorchWriter().pickle(pickle.toBytes()).storage("0", new byte[16]).toBytes());
  }

  static byte[] valid() {
    return TorchWriter.bytes(TinyCheckpoint.llama().withLayers(1).tensors());
  }

  static void write(Path folder, byte[] bytes) throws IOException {
    TinyCheckpoint.llama().writeAllButWeights(folder);
    Files.write(folder.resolve("pytorch_model.bin"), bytes);
  }

  /** Overwrites eight bytes, counted from the end. */
  private static byte[] swapped(byte[] bytes, int fromEnd, long value) {
    byte[] changed = bytes.clone();
    byte[] number = new LittleEndian().u64(value).toBytes();
    System.arraycopy(number, 0, changed, bytes.length - fromEnd, number.length);
    return changed;
  }

  private static long[] numbers(long... numbers) {
    return numbers;
  }
}
