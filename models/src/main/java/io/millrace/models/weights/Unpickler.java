package io.millrace.models.weights;

import io.millrace.models.weights.TorchValue.Bytes;
import io.millrace.models.weights.TorchValue.None;
import io.millrace.models.weights.TorchValue.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A pickle machine that makes containers, numbers, strings and tensors, and can do nothing else: it
 * calls only what {@link TorchBuilder} knows, and refuses any other name and any other opcode.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">pickletools.py</a>
 */
final class Unpickler {
  /** Enough for eighty thousand tensors in one file; a step makes one object at most. */
  private static final int MAX_STEPS = 1 << 21;

  private static final int MAX_STRING_BYTES = 1 << 20;

  private final ByteCursor pickle;
  private final TorchBuilder builder;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final ArrayList<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();

  private Unpickler(ByteCursor pickle) {
    this.pickle = pickle;
    this.builder = new TorchBuilder(pickle);
  }

  /** What the pickle makes. It may hold itself, so never ask for its hash, equality or text. */
  static Object load(ByteCursor pickle) {
    return new Unpickler(pickle).run();
  }

  private Object run() {
    for (int step = 0; step < MAX_STEPS; step++) {
      int opcode = pickle.u8();
      if (opcode == '.') {
        return pop();
      }
      if (!control(opcode) && !number(opcode) && !text(opcode) && !container(opcode)) {
        call(opcode);
      }
    }
    throw pickle.bad("its pickle has more than %d steps".formatted(MAX_STEPS));
  }

  /** Framing, the stack and the memo. */
  private boolean control(int opcode) {
    switch (opcode) {
      case 0x80 -> checkProtocol(pickle.u8());
      case 0x95 -> pickle.skip(8);
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> push(top());
      case 'p' -> memo.put(decimal(), top());
      case 'q' -> memo.put((long) pickle.u8(), top());
      case 'r' -> memo.put(pickle.u32(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> push(remembered(decimal()));
      case 'h' -> push(remembered(pickle.u8()));
      case 'j' -> push(remembered(pickle.u32()));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean number(int opcode) {
    switch (opcode) {
      case 'N' -> push(None.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'I', 'L' -> push(decimalOrBoolean());
      case 'J' -> push((long) pickle.i32());
      case 'K' -> push((long) pickle.u8());
      case 'M' -> push((long) pickle.u16());
      case 0x8a -> push(wide(pickle.u8()));
      case 0x8b -> push(wide(pickle.u32()));
      case 'F' -> push(parse(Double::valueOf, line()));
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(pickle.i64())));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean text(int opcode) {
    switch (opcode) {
      case 'X', 'T' -> push(pickle.utf8(pickle.u32(), MAX_STRING_BYTES));
      case 'U', 0x8c -> push(pickle.utf8(pickle.u8(), MAX_STRING_BYTES));
      case 0x8d -> push(pickle.utf8(pickle.i64(), MAX_STRING_BYTES));
      case 'V' -> push(line());
      case 'S' -> push(unquoted(line()));
      case 'B' -> pushBytes(pickle.u32());
      case 'C' -> pushBytes(pickle.u8());
      case 0x8e, 0x96 -> pushBytes(pickle.i64());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int opcode) {
    switch (opcode) {
      case ')' -> push(new Tuple(List.of()));
      case 't' -> push(new Tuple(popToMark()));
      case 0x85 -> push(new Tuple(pop(1)));
      case 0x86 -> push(new Tuple(pop(2)));
      case 0x87 -> push(new Tuple(pop(3)));
      case ']' -> push(new ArrayList<>(0));
      case 'l' -> push(popToMark());
      case 'a' -> extend(pop(1));
      case 'e' -> extend(popToMark());
      case '}' -> push(new LinkedHashMap<>());
      case 'd' -> {
        List<Object> items = popToMark();
        push(new LinkedHashMap<>());
        fill(items);
      }
      case 's' -> fill(pop(2));
      case 'u' -> fill(popToMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The opcodes by which a pickle reaches outside itself. */
  private void call(int opcode) {
    switch (opcode) {
      case 'c' -> push(builder.global(line(), line()));
      case 0x93 -> {
        List<Object> names = pop(2);
        push(builder.global(builder.string(names.get(0)), builder.string(names.get(1))));
      }
      case 'R' -> {
        List<Object> call = pop(2);
        push(builder.reduce(call.get(0), call.get(1)));
      }
      case 'Q' -> push(builder.storage(pop()));
      case 'b' -> {
        pop();
        builder.checkIgnorableState(top());
      }
      default ->
          throw pickle.bad(
              "its pickle has the opcode 0x%02x at byte %d, which is refused: tensors do not need it"
                  .formatted(opcode, pickle.position() - 1));
    }
  }

  private void checkProtocol(int protocol) {
    if (protocol > 5) {
      throw pickle.bad("its pickle has the protocol %d; 5 is the last known".formatted(protocol));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private void pushBytes(long length) {
    pickle.skip(length);
    push(Bytes.BYTES);
  }

  private Object top() {
    if (stack.size() <= lastMark()) {
      throw pickle.bad("its pickle takes a value from an empty stack");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object value = top();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Object> pop(int count) {
    return cut(stack.size() - count, lastMark());
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw pickle.bad("its pickle ends a container that it did not begin");
    }
    int mark = marks.remove(marks.size() - 1);
    return cut(mark, mark);
  }

  private List<Object> cut(int from, int floor) {
    if (from < floor) {
      throw pickle.bad("its pickle takes a value from an empty stack");
    }
    List<Object> tail = stack.subList(from, stack.size());
    List<Object> copy = new ArrayList<>(tail);
    tail.clear();
    return copy;
  }

  private int lastMark() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private Object remembered(long key) {
    Object value = memo.get(key);
    if (value == null) {
      throw pickle.bad("its pickle remembers nothing as %d".formatted(key));
    }
    return value;
  }

  @SuppressWarnings("unchecked")
  private void extend(List<Object> items) {
    if (!(top() instanceof List<?> list)) {
      throw pickle.bad("its pickle appends to something that is no list");
    }
    ((List<Object>) list).addAll(items);
  }

  @SuppressWarnings("unchecked")
  private void fill(List<Object> items) {
    if (!(top() instanceof Map<?, ?> map)) {
      throw pickle.bad("its pickle sets an item of something that is no dict");
    }
    builder.fill((Map<Object, Object>) map, items);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (int c; (c = pickle.u8()) != '\n'; ) {
      if (line.length() == MAX_STRING_BYTES) {
        throw pickle.bad("its pickle has a line past the limit of " + MAX_STRING_BYTES);
      }
      line.append((char) c);
    }
    return new String(
        line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String unquoted(String text) {
    return text.length() < 2 ? text : text.substring(1, text.length() - 1);
  }

  private Object decimalOrBoolean() {
    String line = line();
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default ->
          parse(Long::valueOf, line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
    };
  }

  private long decimal() {
    return parse(Long::valueOf, line());
  }

  private <T> T parse(Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw pickle.bad("its pickle has a number that is none before byte " + pickle.position());
    }
  }

  /** A two's complement number, least significant byte first. */
  private long wide(long length) {
    if (length > Long.BYTES) {
      throw pickle.bad("its pickle has a number of %d bytes; the limit is 8".formatted(length));
    }
    long value = 0;
    int bits = 0;
    for (; bits < length * Byte.SIZE; bits += Byte.SIZE) {
      value |= (long) pickle.u8() << bits;
    }
    int unused = Long.SIZE - bits;
    return bits == 0 ? 0 : value << unused >> unused;
  }
}
