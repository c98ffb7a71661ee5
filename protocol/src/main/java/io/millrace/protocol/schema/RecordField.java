package io.millrace.protocol.schema;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.millrace.protocol.OneOf;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A field of a record's JSON.
 *
 * @param owner the record that has it, which documents it
 * @param name in JSON
 * @param component of the record, or the parameter or method that stands for one
 * @param type of its value
 * @param erased the same without type arguments
 * @param declarations where its annotations stand
 */
record RecordField(
    Class<?> owner,
    String name,
    String component,
    Type type,
    Class<?> erased,
    List<AnnotatedElement> declarations) {

  /** The fields of a type: parameters of its creator, or its components; then further getters. */
  static List<RecordField> of(Class<?> type) {
    Map<String, RecordField> components = components(type);
    Map<String, RecordField> unwrapped = unwrapped(type);
    Map<String, RecordField> fields = new LinkedHashMap<>();
    creator(type)
        .ifPresentOrElse(
            creator -> {
              for (Parameter parameter : creator.getParameters()) {
                RecordField field = of(parameter, components, unwrapped);
                fields.put(field.name, field);
              }
            },
            () -> fields.putAll(components));
    for (Method method : type.getDeclaredMethods()) {
      JsonProperty property = method.getAnnotation(JsonProperty.class);
      // What is unwrapped stands in the parameters of the creator already.
      if (property != null
          && !Modifier.isStatic(method.getModifiers())
          && !method.isAnnotationPresent(JsonUnwrapped.class)) {
        String name = property.value().isEmpty() ? method.getName() : property.value();
        fields.putIfAbsent(
            name,
            new RecordField(
                type,
                name,
                name,
                method.getGenericReturnType(),
                method.getReturnType(),
                List.of()));
      }
    }
    return List.copyOf(fields.values());
  }

  /** What getters give whose own fields stand beside the others; it documents these. */
  private static Map<String, RecordField> unwrapped(Class<?> type) {
    Map<String, RecordField> unwrapped = new LinkedHashMap<>();
    for (Method method : type.getDeclaredMethods()) {
      if (method.isAnnotationPresent(JsonUnwrapped.class)
          && method.isAnnotationPresent(JsonProperty.class)) {
        addFlat(unwrapped, method.getReturnType());
      }
    }
    return unwrapped;
  }

  private static void addFlat(Map<String, RecordField> fields, Class<?> type) {
    for (RecordField field : of(type)) {
      if (field.isUnwrapped()) {
        addFlat(fields, field.erased);
      } else {
        fields.put(field.name, field);
      }
    }
  }

  /** By name; those of a sealed interface are those of all its kinds. */
  private static Map<String, RecordField> components(Class<?> type) {
    Map<String, RecordField> components = new LinkedHashMap<>();
    if (type.isSealed()) {
      for (Class<?> kind : type.getPermittedSubclasses()) {
        components.putAll(components(kind));
      }
    } else if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        RecordField field = of(type, component);
        components.put(field.name, field);
      }
    }
    return components;
  }

  private static RecordField of(Class<?> owner, RecordComponent component) {
    AnnotatedElement field;
    try {
      field = owner.getDeclaredField(component.getName());
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
    JsonProperty property = field.getAnnotation(JsonProperty.class);
    String name =
        property == null || property.value().isEmpty()
            ? component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT)
            : property.value();
    return new RecordField(
        owner,
        name,
        component.getName(),
        component.getGenericType(),
        component.getType(),
        List.of(field));
  }

  private static RecordField of(
      Parameter parameter,
      Map<String, RecordField> components,
      Map<String, RecordField> unwrapped) {
    String name = parameter.getAnnotation(JsonProperty.class).value();
    RecordField component = components.get(name);
    RecordField source = component == null ? unwrapped.get(name) : component;
    List<AnnotatedElement> declarations = new ArrayList<>(List.of(parameter));
    if (component != null) {
      declarations.addAll(component.declarations);
    }
    return new RecordField(
        source == null ? parameter.getDeclaringExecutable().getDeclaringClass() : source.owner,
        name,
        source == null ? parameter.getName() : source.component,
        parameter.getParameterizedType(),
        parameter.getType(),
        declarations);
  }

  private static Optional<Method> creator(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(JsonCreator.class))
        .findFirst();
  }

  /** Which fields exclude each other, if any do. */
  static @Nullable OneOf oneOf(Class<?> type) {
    return creator(type).map(method -> method.getAnnotation(OneOf.class)).orElse(null);
  }

  /** Whether its own fields stand beside those of the record. */
  boolean isUnwrapped() {
    return annotation(JsonUnwrapped.class) != null;
  }

  /** An annotation of it, or null. */
  <A extends Annotation> @Nullable A annotation(Class<A> type) {
    return declarations.stream()
        .map(declaration -> declaration.getAnnotation(type))
        .filter(found -> found != null)
        .findFirst()
        .orElse(null);
  }
}
