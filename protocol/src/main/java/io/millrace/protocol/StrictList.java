package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads a list of scalars, of which a wrong one is told as a fault of the whole list. */
final class StrictList<T> extends StdDeserializer<List<T>> {
  static final StrictList<String> STRINGS =
      new StrictList<>(StrictScalar.STRING, "a string", "a list of strings", false);
  static final StrictList<Integer> INTEGERS =
      new StrictList<>(StrictScalar.INTEGER, "a whole number", "a list of whole numbers", false);

  private final StrictScalar<T> scalar;
  private final String one;
  private final String many;
  private final boolean takesOne;

  private StrictList(StrictScalar<T> scalar, String one, String many, boolean takesOne) {
    super(List.class);
    this.scalar = scalar;
    this.one = one;
    this.many = many;
    this.takesOne = takesOne;
  }

  /** Takes a single value, too, where the field says so. */
  @Override
  public ValueDeserializer<?> createContextual(
      DeserializationContext context, @Nullable BeanProperty property) {
    Boolean single =
        findFormatFeature(
            context, property, List.class, JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY);
    return new StrictList<>(scalar, one, many, Boolean.TRUE.equals(single));
  }

  @Override
  public List<T> deserialize(JsonParser parser, DeserializationContext context) {
    List<T> values = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      T single = takesOne ? scalar.read(parser) : null;
      if (single == null) {
        throw wrong(parser);
      }
      return List.of(single);
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      T value = read(parser);
      if (value == null) {
        throw wrong(parser);
      }
      values.add(value);
    }
    return values;
  }

  private @Nullable T read(JsonParser parser) {
    try {
      return scalar.read(parser);
    } catch (WrongType outOfRange) {
      return null;
    }
  }

  private WrongType wrong(JsonParser parser) {
    return new WrongType(
        parser,
        "must be %s, but is %%s".formatted(takesOne ? one + " or " + many : many),
        List.class);
  }
}
