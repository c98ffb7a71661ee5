package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class LogFormatTest {
  @Test
  void lines_haveDateAndZoneAndPairs() throws JoranException {
    assertThat(line("text", List.of(new KeyValuePair("id", "a"), new KeyValuePair("status", 200))))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO  Here:"
                + " request ended id=\"a\" status=\"200\"\n");
    assertThat(line("text", List.of())).endsWith(" INFO  Here: request ended\n");
  }

  @Test
  void json_isAnObjectALine() throws JoranException {
    String line = line("json", List.of(new KeyValuePair("id", "a\"b")));
    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonNode json = JsonMapper.shared().readTree(line);
    assertThat(json.get("timestamp").isIntegralNumber()).isTrue();
    assertThat(json.get("level").stringValue()).isEqualTo("INFO");
    assertThat(json.get("loggerName").stringValue()).isEqualTo("somewhere.Here");
    assertThat(json.get("formattedMessage").stringValue()).isEqualTo("request ended");
    assertThat(json.at("/kvpList/0/id").stringValue()).isEqualTo("a\"b");
  }

  @Test
  void brokerThatStops_isQuiet_andOneThatFailsIsNot() throws JoranException {
    LoggerContext context = configured("text");
    assertThat(context.getLogger("kafka.server.share.SharePartitionManager").isErrorEnabled())
        .isFalse();
    assertThat(context.getLogger("kafka.server.ReplicaManager").isErrorEnabled()).isTrue();
    assertThat(context.getLogger("kafka.server.ReplicaManager").isWarnEnabled()).isFalse();
    context.stop();
  }

  private static String line(String format, List<KeyValuePair> pairs) throws JoranException {
    LoggerContext context = configured(format);
    Logger logger = context.getLogger("somewhere.Here");
    LoggingEvent event =
        new LoggingEvent("", logger, Level.INFO, "request ended", null, new Object[0]);
    event.setKeyValuePairs(pairs);
    var console =
        (ConsoleAppender<ILoggingEvent>)
            context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console");
    String line = new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    context.stop();
    return line;
  }

  private static LoggerContext configured(String format) throws JoranException {
    LoggerContext context = new LoggerContext();
    context.putProperty("MILLRACE_LOG_FORMAT", format);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
    return context;
  }
}
