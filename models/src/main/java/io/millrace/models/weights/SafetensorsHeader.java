package io.millrace.models.weights;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the entries of a safetensors header token by token, so that its size costs no memory. */
final class SafetensorsHeader {
  private static final int MAX_TENSORS = 1 << 18;
  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("F64", ElementType.F64),
          Map.entry("F32", ElementType.F32),
          Map.entry("F16", ElementType.F16),
          Map.entry("BF16", ElementType.BF16),
          Map.entry("F8_E4M3", ElementType.F8_E4M3),
          Map.entry("F8_E5M2", ElementType.F8_E5M2),
          Map.entry("F8_E8M0", ElementType.F8_E8M0),
          Map.entry("C64", ElementType.C64),
          Map.entry("I64", ElementType.I64),
          Map.entry("I32", ElementType.I32),
          Map.entry("I16", ElementType.I16),
          Map.entry("I8", ElementType.I8),
          Map.entry("U64", ElementType.U64),
          Map.entry("U32", ElementType.U32),
          Map.entry("U16", ElementType.U16),
          Map.entry("U8", ElementType.U8),
          Map.entry("BOOL", ElementType.BOOL));

  private final Path file;
  private final JsonParser parser;
  private final long dataStart;

  private SafetensorsHeader(Path file, JsonParser parser, long dataStart) {
    this.file = file;
    this.parser = parser;
    this.dataStart = dataStart;
  }

  /**
   * @param dataStart where the header ends; offsets in it count from there
   */
  static Map<String, StoredTensor> read(MappedFile file, long headerStart, long dataStart) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    JsonFiles.walk(
        file,
        "the header ",
        headerStart,
        dataStart - headerStart,
        parser -> new SafetensorsHeader(file.path(), parser, dataStart).readAll(tensors));
    return tensors;
  }

  private void readAll(Map<String, StoredTensor> tensors) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("__metadata__")) {
        parser.skipChildren();
        continue;
      }
      if (value != JsonToken.START_OBJECT) {
        throw bad(name, "is described by no object");
      }
      if (tensors.size() == MAX_TENSORS) {
        throw new BadCheckpoint(file, "has more than %d tensors".formatted(MAX_TENSORS));
      }
      if (tensors.put(name, readTensor(name)) != null) {
        throw bad(name, "is there twice");
      }
    }
  }

  private StoredTensor readTensor(String name) {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> dtype = parser.getValueAsString();
        case "shape" -> shape = numbers(name, field);
        case "data_offsets" -> offsets = numbers(name, field);
        default -> throw bad(name, "has the unknown field " + field);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw bad(name, "lacks its dtype, its shape or its two data_offsets");
    }
    return placed(name, dtype, shape, offsets[0], offsets[1]);
  }

  private StoredTensor placed(String name, String dtype, long[] dimensions, long begin, long end) {
    ElementType type = TYPES.get(dtype);
    if (type == null) {
      throw bad(
          name,
          "has the dtype %s, which is not supported; these are: %s"
              .formatted(
                  dtype, TYPES.keySet().stream().sorted().collect(Collectors.joining(", "))));
    }
    Shape shape = Shape.checked(file, name, type, dimensions);
    if (begin < 0 || end < begin || end - begin != type.bytes(shape.elements())) {
      throw bad(
          name,
          "of type %s and shape %s takes %d bytes, but its data_offsets are %d to %d"
              .formatted(type, shape, type.bytes(shape.elements()), begin, end));
    }
    return new StoredTensor(name, type, shape, begin).movedBy(dataStart);
  }

  private long[] numbers(String name, String field) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw bad(name, "has a %s that is no list".formatted(field));
    }
    long[] numbers = new long[Shape.MAX_DIMENSIONS];
    int count = 0;
    for (JsonToken token; (token = parser.nextToken()) != JsonToken.END_ARRAY; count++) {
      if (token != JsonToken.VALUE_NUMBER_INT || count == numbers.length) {
        throw bad(
            name,
            "has a %s that is no list of up to %d whole numbers"
                .formatted(field, Shape.MAX_DIMENSIONS));
      }
      numbers[count] = parser.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private BadCheckpoint bad(String tensor, String what) {
    return new BadCheckpoint(file, "tensor %s %s".formatted(tensor, what));
  }
}
