package io.millrace.standalone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What is logged while it is open, instead of on the console, at the levels of its choice. */
final class LogCapture implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final List<Appender<ILoggingEvent>> others = new ArrayList<>();
  private final Map<Logger, @Nullable Level> before = new HashMap<>();

  LogCapture(Map<String, Level> levels) {
    levels.forEach(this::set);
    root.iteratorForAppenders().forEachRemaining(others::add);
    others.forEach(root::detachAppender);
    events.start();
    root.addAppender(events);
  }

  private void set(String name, Level level) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    before.put(logger, logger.getLevel());
    logger.setLevel(level);
  }

  /** All lines so far, with stack traces. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (ILoggingEvent event : List.copyOf(events.list)) {
      text.append(event.getLoggerName()).append(": ").append(event.getFormattedMessage());
      if (event.getKeyValuePairs() != null) {
        text.append(' ').append(event.getKeyValuePairs());
      }
      text.append('\n');
      if (event.getThrowableProxy() != null) {
        text.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    return text.toString();
  }

  @Override
  public void close() {
    root.detachAppender(events);
    others.forEach(root::addAppender);
    before.forEach(Logger::setLevel);
  }
}
