package io.millrace.engine;

/** What other threads tell the engine's. */
sealed interface EngineCommand {
  record Submit(Generation generation) implements EngineCommand {}

  record Cancel(String id, String why) implements EngineCommand {}
}
