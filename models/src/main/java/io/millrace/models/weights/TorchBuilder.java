package io.millrace.models.weights;

import io.millrace.models.weights.TorchValue.Function;
import io.millrace.models.weights.TorchValue.Storage;
import io.millrace.models.weights.TorchValue.StorageClass;
import io.millrace.models.weights.TorchValue.StridedTensor;
import io.millrace.models.weights.TorchValue.Tuple;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few functions that a pickle of tensors may call; their arguments are checked. */
final class TorchBuilder {
  private final ByteCursor pickle;

  /**
   * @param pickle for naming the file in errors
   */
  TorchBuilder(ByteCursor pickle) {
    this.pickle = pickle;
  }

  Object global(String module, String name) {
    TorchValue global = TorchValue.global(module, name);
    if (global == null) {
      throw pickle.bad(
          "its pickle asks for %s.%s, which is refused: only tensors, dicts and numbers may be in it"
              .formatted(shown(module), shown(name)));
    }
    return global;
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  String string(Object value) {
    if (value instanceof String string) {
      return string;
    }
    throw pickle.bad("its pickle has something else where a string belongs");
  }

  Object reduce(Object callable, Object arguments) {
    if (!(callable instanceof Function function) || !(arguments instanceof Tuple tuple)) {
      throw pickle.bad("its pickle calls something that is no function");
    }
    List<Object> items = tuple.items();
    return switch (function) {
      case ORDERED_DICT -> orderedDict(items);
      case REBUILD_TENSOR -> tensor(items);
      case REBUILD_PARAMETER -> argument(items, 0, StridedTensor.class, "_rebuild_parameter");
    };
  }

  /** {@code OrderedDict()}; given items it would copy them, and a file could make that endless. */
  private Object orderedDict(List<Object> arguments) {
    if (!arguments.isEmpty()) {
      throw pickle.bad("its pickle calls OrderedDict with arguments, which is refused");
    }
    return new LinkedHashMap<>();
  }

  /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
  private StridedTensor tensor(List<Object> arguments) {
    String function = "_rebuild_tensor_v2";
    return new StridedTensor(
        argument(arguments, 0, Storage.class, function),
        argument(arguments, 1, Long.class, function),
        longs(argument(arguments, 2, Tuple.class, function)),
        longs(argument(arguments, 3, Tuple.class, function)));
  }

  private long[] longs(Tuple tuple) {
    if (tuple.items().size() > Shape.MAX_DIMENSIONS) {
      throw pickle.bad(
          "its pickle has a tensor of %d dimensions; the limit is %d"
              .formatted(tuple.items().size(), Shape.MAX_DIMENSIONS));
    }
    long[] numbers = new long[tuple.items().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = argument(tuple.items(), i, Long.class, "torch.Size");
    }
    return numbers;
  }

  /** The persistent id {@code ('storage', class, key, device, elements)}. */
  Storage storage(Object id) {
    List<Object> items = id instanceof Tuple tuple ? tuple.items() : List.of();
    String what = "the persistent id of a storage";
    if (items.isEmpty() || !"storage".equals(items.get(0))) {
      throw pickle.bad("its pickle has a persistent id that is no storage");
    }
    return new Storage(
        argument(items, 1, StorageClass.class, what).type,
        argument(items, 2, String.class, what),
        argument(items, 4, Long.class, what));
  }

  private <T> T argument(List<Object> arguments, int index, Class<T> type, String function) {
    if (index < arguments.size() && type.isInstance(arguments.get(index))) {
      return type.cast(arguments.get(index));
    }
    throw pickle.bad(
        "its pickle calls %s with something that is no %s as argument %d"
            .formatted(function, type.getSimpleName(), index));
  }

  /** An OrderedDict may carry attributes ({@code _metadata}), which say nothing of tensors. */
  void checkIgnorableState(Object object) {
    if (!(object instanceof Map)) {
      throw pickle.bad("its pickle sets the state of an object, which is refused");
    }
  }

  /**
   * @param items keys and values in turn; a key is a string or a number, because the hash of
   *     anything else is the file's to make endless
   */
  void fill(Map<Object, Object> dict, List<Object> items) {
    if (items.size() % 2 != 0) {
      throw pickle.bad("its pickle has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
        throw pickle.bad("its pickle has a dict whose key is neither a string nor a number");
      }
      dict.put(key, items.get(i + 1));
    }
  }
}
