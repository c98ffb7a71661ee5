package io.millrace.engine;

import io.millrace.protocol.Prompt;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which prompts become tokens. Encoding takes some 300 bytes a character for a
 * while, so few prompts are encoded at once, and of long ones only one, which keeps no short one
 * waiting; its memory is given back to the system. Grammars are compiled apart from both.
 */
final class EncoderThreads implements AutoCloseable {
  /** From how many characters on a prompt counts as long. */
  static final int LONG_PROMPT = 1 << 17;

  private static final int SHORT_AT_ONCE = 2;

  private final ExecutorService shortPrompts = threads(SHORT_AT_ONCE, "encoder");
  private final ExecutorService longPrompts = threads(1, "encoder-long");
  private final ExecutorService grammars = threads(1, "encoder-grammar");
  private final Runnable giveBack;

  /**
   * @param giveBack gives memory back to the system
   */
  EncoderThreads(Runnable giveBack) {
    this.giveBack = giveBack;
  }

  private static ExecutorService threads(int count, String name) {
    return Executors.newFixedThreadPool(
        count,
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Runs what encodes a prompt as soon as there is room for it. */
  void run(Prompt prompt, Runnable encoding) {
    if (prompt.each().stream().mapToLong(EncoderThreads::size).sum() < LONG_PROMPT) {
      shortPrompts.execute(encoding);
    } else {
      longPrompts.execute(
          () -> {
            try {
              encoding.run();
            } finally {
              giveBack.run();
            }
          });
    }
  }

  /** Runs what compiles a grammar, which may take seconds, as soon as there is room for it. */
  void compile(Runnable compilation) {
    grammars.execute(compilation);
  }

  private static long size(Prompt prompt) {
    return prompt.match(
        text -> (long) text.text().length(),
        tokens -> (long) tokens.ids().size(),
        chat -> size(chat.messages()) + size(chat.tools()) + size(chat.templateArguments()));
  }

  /** The characters of all texts in a value of JSON. */
  private static long size(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      return size(object.values());
    }
    if (value instanceof Collection<?> values) {
      return values.stream().mapToLong(EncoderThreads::size).sum();
    }
    return value instanceof String text ? text.length() : 1;
  }

  /** Begins no more; what is being encoded is not waited for. */
  @Override
  public void close() {
    shortPrompts.shutdownNow();
    longPrompts.shutdownNow();
    grammars.shutdownNow();
  }
}
