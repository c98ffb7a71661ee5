package io.millrace.engine;

import java.util.function.Consumer;

/** A command that another thread sends to the engine's. */
sealed interface EngineCommand {
  /** Calls the action for this kind of command; a new kind adds an argument. */
  void match(Consumer<Submit> submit, Consumer<Cancel> cancel);

  /**
   * Starts to answer a request.
   *
   * @param watch takes its time since it was submitted
   */
  record Submit(Generation generation, RequestStopwatch watch) implements EngineCommand {
    @Override
    public void match(Consumer<Submit> submit, Consumer<Cancel> cancel) {
      submit.accept(this);
    }
  }

  /** Ends a request early, if it is still being answered. */
  record Cancel(String id, String why) implements EngineCommand {
    @Override
    public void match(Consumer<Submit> submit, Consumer<Cancel> cancel) {
      cancel.accept(this);
    }
  }
}
