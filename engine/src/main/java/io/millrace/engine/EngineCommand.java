package io.millrace.engine;

import java.util.function.Consumer;

/** A command of another thread to the engine's. */
sealed interface EngineCommand {
  /** Does what belongs to the kind of this command; a new kind has an argument of its own. */
  void match(Consumer<Submit> submit, Consumer<Cancel> cancel);

  /** Begin to answer. */
  record Submit(Generation generation) implements EngineCommand {
    @Override
    public void match(Consumer<Submit> submit, Consumer<Cancel> cancel) {
      submit.accept(this);
    }
  }

  /** End an answer early, if it runs. */
  record Cancel(String id, String why) implements EngineCommand {
    @Override
    public void match(Consumer<Submit> submit, Consumer<Cancel> cancel) {
      cancel.accept(this);
    }
  }
}
