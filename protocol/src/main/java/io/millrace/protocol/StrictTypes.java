package io.millrace.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.module.SimpleDeserializers;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.CollectionType;

/** How scalars, lists of them and records are read on the wire: see {@link StrictScalar}. */
final class StrictTypes extends SimpleModule {
  StrictTypes() {
    Scalars scalars = new Scalars();
    scalars.addDeserializer(String.class, StrictScalar.STRING);
    scalars.addDeserializer(Double.class, StrictScalar.NUMBER);
    scalars.addDeserializer(double.class, StrictScalar.NUMBER.orElse(0.0));
    scalars.addDeserializer(Long.class, StrictScalar.LONG);
    scalars.addDeserializer(long.class, StrictScalar.LONG.orElse(0L));
    scalars.addDeserializer(Integer.class, StrictScalar.INTEGER);
    scalars.addDeserializer(int.class, StrictScalar.INTEGER.orElse(0));
    scalars.addDeserializer(Boolean.class, StrictScalar.BOOLEAN);
    scalars.addDeserializer(boolean.class, StrictScalar.BOOLEAN.orElse(false));
    scalars.addDeserializer(java.time.Instant.class, StrictScalar.INSTANT);
    setDeserializers(scalars);
    addKeyDeserializer(Integer.class, new WholeNumberKey());
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addValueInstantiators(new RecordInstantiators());
  }

  private static final class Scalars extends SimpleDeserializers {
    @Override
    public @Nullable ValueDeserializer<?> findCollectionDeserializer(
        CollectionType type,
        DeserializationConfig config,
        BeanDescription.Supplier bean,
        @Nullable TypeDeserializer elementType,
        @Nullable ValueDeserializer<?> element) {
      Class<?> scalar = type.getContentType().getRawClass();
      if (scalar == String.class) {
        return StrictList.STRINGS;
      }
      return scalar == Integer.class ? StrictList.INTEGERS : null;
    }
  }

  private static final class WholeNumberKey extends KeyDeserializer {
    @Override
    public Integer deserializeKey(String key, DeserializationContext context) {
      try {
        return Integer.valueOf(key);
      } catch (NumberFormatException e) {
        JsonParser parser = context.getParser();
        throw new WrongType(
            parser,
            "must have whole numbers as keys, but has \"%s\""
                .formatted(Excerpt.of(key).replace("%", "%%")),
            Integer.class);
      }
    }
  }
}
