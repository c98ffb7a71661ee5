package io.millrace.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/**
 * Reads a string, number, boolean or instant that was sent as such: nothing is made of anything
 * else, but that {@code 3.0} is a whole number.
 */
final class StrictScalar<T> extends StdScalarDeserializer<T> {
  static final StrictScalar<String> STRING =
      new StrictScalar<>(String.class, "must be a string", null, StrictScalar::string);
  static final StrictScalar<Double> NUMBER =
      new StrictScalar<>(Double.class, "must be a number", null, StrictScalar::number);
  static final StrictScalar<Long> LONG =
      new StrictScalar<>(Long.class, "must be a whole number", null, StrictScalar::whole);
  static final StrictScalar<Integer> INTEGER =
      new StrictScalar<>(Integer.class, "must be a whole number", null, StrictScalar::integer);
  static final StrictScalar<Boolean> BOOLEAN =
      new StrictScalar<>(Boolean.class, "must be true or false", null, StrictScalar::bool);
  static final StrictScalar<Instant> INSTANT =
      new StrictScalar<>(
          Instant.class,
          "must be an instant such as 2026-01-31T12:00:00Z",
          null,
          StrictScalar::instant);

  /** Takes the value at which a parser stands; null when it is of another type. */
  @FunctionalInterface
  private interface Reader<T> {
    @Nullable T read(JsonParser parser);
  }

  private final Class<T> type;
  private final String expectation;
  private final @Nullable T absent;
  private final Reader<T> reader;

  private StrictScalar(Class<T> type, String expectation, @Nullable T absent, Reader<T> reader) {
    super(type);
    this.type = type;
    this.expectation = expectation;
    this.absent = absent;
    this.reader = reader;
  }

  /** The same for a field that has a value when it is absent. */
  StrictScalar<T> orElse(T value) {
    return new StrictScalar<>(type, expectation, value, reader);
  }

  @Override
  public T deserialize(JsonParser parser, DeserializationContext context) {
    T value = reader.read(parser);
    if (value == null) {
      throw new WrongType(parser, expectation + ", but is %s", type);
    }
    return value;
  }

  /** The value at which a parser stands; null when it is of another type. */
  @Nullable T read(JsonParser parser) {
    return reader.read(parser);
  }

  @Override
  public @Nullable Object getNullValue(DeserializationContext context) {
    return absent;
  }

  private static @Nullable String string(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : null;
  }

  private static @Nullable Double number(JsonParser parser) {
    return parser.currentToken().isNumeric() ? parser.getDoubleValue() : null;
  }

  private static @Nullable Boolean bool(JsonParser parser) {
    return parser.currentToken().isBoolean() ? parser.getBooleanValue() : null;
  }

  private static @Nullable Long whole(JsonParser parser) {
    if (!parser.currentToken().isNumeric()) {
      return null;
    }
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw outOfRange(parser);
      }
      return parser.getLongValue();
    }
    double value = parser.getDoubleValue();
    if (value != Math.rint(value)) {
      return null;
    }
    if (Math.abs(value) >= 0x1p63) {
      throw outOfRange(parser);
    }
    return (long) value;
  }

  private static WrongType outOfRange(JsonParser parser) {
    return new WrongType(parser, "is out of range: %s", Long.class);
  }

  private static @Nullable Integer integer(JsonParser parser) {
    Long value = whole(parser);
    if (value != null && value != value.intValue()) {
      throw outOfRange(parser);
    }
    return value == null ? null : value.intValue();
  }

  private static @Nullable Instant instant(JsonParser parser) {
    String text = string(parser);
    if (text == null) {
      throw new WrongType(parser, "must be a string, but is %s", Instant.class);
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
