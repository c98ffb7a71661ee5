package io.millrace.engine;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager.SystemNDManager;
import ai.djl.util.NativeResource;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.ByteBuddyAgent;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/**
 * Knows every native handle, and every manager of handles, that is made while it watches. DJL
 * registers tensors with their managers but values nowhere, and the garbage collector takes a
 * handle without freeing what it stands for; so DJL's own constructors are made to tell.
 */
public final class HandleWatch implements AutoCloseable {
  private static final int FIRST_SWEEP = 10_000;
  private static volatile @Nullable HandleWatch current;

  static {
    ByteBuddyAgent.install();
    tell(NativeResource.class);
    tell(BaseNDManager.class);
  }

  // By identity, because tensors are equal by content. Guarded by this.
  private final Map<Object, String> made = new IdentityHashMap<>();
  private int nextSweep = FIRST_SWEEP;

  private HandleWatch() {}

  /** Begins to watch; one at a time. */
  public static HandleWatch start() {
    HandleWatch watch = new HandleWatch();
    current = watch;
    return watch;
  }

  /** How many are open. */
  public synchronized int count() {
    sweep();
    return made.size();
  }

  /** The same by class, and by the method that made them. */
  public synchronized Map<String, Integer> places() {
    sweep();
    Map<String, Integer> counts = new TreeMap<>();
    made.forEach(
        (handle, place) ->
            counts.merge(handle.getClass().getSimpleName() + " of " + place, 1, Integer::sum));
    return counts;
  }

  @Override
  public void close() {
    current = null;
  }

  /** Called by the constructors. */
  public static void made(Object handle) {
    HandleWatch watch = current;
    if (watch != null) {
      watch.add(handle);
    }
  }

  private synchronized void add(Object handle) {
    made.put(handle, place());
    if (made.size() >= nextSweep) {
      sweep();
      nextSweep = Math.max(FIRST_SWEEP, 2 * made.size());
    }
  }

  private void sweep() {
    made.keySet().removeIf(it -> !isOpen(it));
  }

  private static boolean isOpen(Object handle) {
    if (handle instanceof NativeResource<?> resource) {
      return !resource.isReleased();
    }
    // The system's manager is made once and lives as long as the process.
    return !(handle instanceof SystemNDManager) && ((BaseNDManager) handle).isOpen();
  }

  /** The nearest method that is neither DJL's nor of this class. */
  private static String place() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> !frame.getClassName().startsWith("ai.djl."))
                    .filter(frame -> !frame.getClassName().equals(HandleWatch.class.getName()))
                    .findFirst()
                    .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                    .orElse("nowhere"));
  }

  private static void tell(Class<?> type) {
    new ByteBuddy()
        .redefine(type)
        .visit(Advice.to(Construction.class).on(ElementMatchers.isConstructor()))
        .make()
        .load(type.getClassLoader(), ClassReloadingStrategy.fromInstalledAgent());
  }

  /** Its code is copied to the end of constructors. */
  private static final class Construction {
    private Construction() {}

    @Advice.OnMethodExit
    static void made(@Advice.This Object handle) {
      HandleWatch.made(handle);
    }
  }
}
