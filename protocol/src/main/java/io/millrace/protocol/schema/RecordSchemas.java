package io.millrace.protocol.schema;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import io.millrace.protocol.Beside;
import io.millrace.protocol.Forms;
import io.millrace.protocol.Limit;
import io.millrace.protocol.OneOf;
import io.millrace.protocol.Required;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of records as Jackson writes and reads them. A sealed interface is one of its kinds,
 * each with its {@code type}; fields that are unwrapped stand beside the others.
 */
final class RecordSchemas implements CustomDefinitionProviderV2 {
  private final RecordDocs docs;

  RecordSchemas(RecordDocs docs) {
    this.docs = docs;
  }

  @Override
  public @Nullable CustomDefinition provideCustomSchemaDefinition(
      ResolvedType resolved, SchemaGenerationContext context) {
    Class<?> type = resolved.getErasedType();
    if (!type.getName().startsWith("io.millrace.") || type.isEnum()) {
      return null;
    }
    ObjectNode schema = context.getGeneratorConfig().createObjectNode();
    String description = docs.of(type);
    if (description != null) {
      schema.put("description", description);
    }
    if (type.isSealed()) {
      ArrayNode kinds = schema.putArray("oneOf");
      for (Class<?> kind : type.getPermittedSubclasses()) {
        kinds.add(reference(kind, context));
      }
    } else {
      schema.put("type", "object");
      addFields(schema, type, context);
    }
    return new CustomDefinition(schema);
  }

  private void addFields(ObjectNode schema, Class<?> type, SchemaGenerationContext context) {
    JsonTypeName name = type.getAnnotation(JsonTypeName.class);
    if (name != null) {
      schema.withObjectProperty("properties").putObject("type").put("const", name.value());
      require(schema, "type");
    }
    for (RecordField field : RecordField.of(type)) {
      if (field.isUnwrapped()) {
        addFields(schema, field.erased(), context);
      } else {
        schema.withObjectProperty("properties").set(field.name(), value(type, field, context));
        if (field.annotation(Required.class) != null) {
          require(schema, field.name());
        }
      }
    }
    addBeside(schema, type, context);
    OneOf oneOf = RecordField.oneOf(type);
    if (oneOf != null) {
      ArrayNode alternatives = schema.putArray("oneOf");
      for (String field : oneOf.value()) {
        alternatives.addObject().putArray("required").add(field);
      }
    }
  }

  /** Of a kind of a sealed interface, what is beside all of its kinds. */
  private void addBeside(ObjectNode schema, Class<?> type, SchemaGenerationContext context) {
    for (Class<?> parent : type.getInterfaces()) {
      Beside beside = parent.getAnnotation(Beside.class);
      if (beside != null) {
        addFields(schema, beside.value(), context);
      }
    }
  }

  private static void require(ObjectNode schema, String field) {
    schema.withArrayProperty("required").add(field);
  }

  private ObjectNode value(Class<?> type, RecordField field, SchemaGenerationContext context) {
    ObjectNode value = context.getGeneratorConfig().createObjectNode();
    describe(value, type, field);
    addType(value, field, context);
    Limit limit = field.annotation(Limit.class);
    if (limit != null) {
      addLimit(value, limit);
    }
    return value;
  }

  /** By the component, else by the creator or getter, else by what all kinds have. */
  private void describe(ObjectNode value, Class<?> type, RecordField field) {
    Stream.concat(
            Stream.of(docs.of(field.owner(), field.component()), docs.of(type, field.name())),
            Arrays.stream(type.getInterfaces()).map(parent -> docs.of(parent, field.name())))
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(text -> value.put("description", text));
  }

  private static void addType(
      ObjectNode value, RecordField field, SchemaGenerationContext context) {
    ResolvedType type = context.getTypeContext().resolve(field.type());
    Forms forms = field.annotation(Forms.class);
    JsonFormat format = field.annotation(JsonFormat.class);
    if (forms != null) {
      ArrayNode any = value.putArray("anyOf");
      for (Class<?> form : forms.value()) {
        any.add(reference(form, context));
      }
    } else if (format != null
        && List.of(format.with()).contains(JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)) {
      ArrayNode any = value.putArray("anyOf");
      any.add(
          context.createDefinitionReference(context.getTypeContext().getContainerItemType(type)));
      any.add(context.createDefinitionReference(type));
    } else {
      value.putArray("allOf").add(context.createDefinitionReference(type));
    }
  }

  private static void addLimit(ObjectNode value, Limit limit) {
    if (limit.items() < Integer.MAX_VALUE) {
      value.put("maxItems", limit.items());
    }
    Map.of("minimum", limit.min(), "maximum", limit.max())
        .forEach(
            (keyword, number) -> {
              if (!Double.isInfinite(number)) {
                value.put(keyword, number);
              }
            });
  }

  private static ObjectNode reference(Class<?> type, SchemaGenerationContext context) {
    return context.createDefinitionReference(context.getTypeContext().resolve(type));
  }
}
