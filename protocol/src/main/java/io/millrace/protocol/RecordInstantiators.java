package io.millrace.protocol;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.ValueInstantiators;
import tools.jackson.databind.deser.std.StdValueInstantiator;

/**
 * Makes records by a handle of their constructor that takes its arguments as they come, in an
 * array. Jackson has them spread anew for each record, which takes as long as to read it.
 */
final class RecordInstantiators extends ValueInstantiators.Base {
  private static final MethodType OF_ARRAY = MethodType.methodType(Object.class, Object[].class);

  @Override
  public ValueInstantiator modifyValueInstantiator(
      DeserializationConfig config, BeanDescription.Supplier bean, ValueInstantiator standard) {
    return bean.getBeanClass().isRecord()
            && standard instanceof StdValueInstantiator creator
            && creator.getWithArgsCreator() != null
            && creator.getWithArgsCreator().getAnnotated() instanceof Constructor<?> constructor
        ? new OfRecord(creator, ofArray(constructor))
        : standard;
  }

  private static MethodHandle ofArray(Constructor<?> constructor) {
    try {
      constructor.setAccessible(true);
      return MethodHandles.lookup()
          .unreflectConstructor(constructor)
          .asSpreader(Object[].class, constructor.getParameterCount())
          .asType(OF_ARRAY);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("a constructor that is accessible", e);
    }
  }

  private static final class OfRecord extends StdValueInstantiator {
    private final MethodHandle constructor;

    private OfRecord(StdValueInstantiator standard, MethodHandle constructor) {
      super(standard);
      this.constructor = constructor;
    }

    @Override
    public Object createFromObjectWith(DeserializationContext context, Object[] values) {
      try {
        return constructor.invokeExact(values);
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        return context.handleInstantiationProblem(
            _valueClass, values, rewrapCtorProblem(context, e));
      }
    }
  }
}
