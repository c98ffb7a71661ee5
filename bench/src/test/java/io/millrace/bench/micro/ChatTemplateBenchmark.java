package io.millrace.bench.micro;

import io.millrace.template.ChatTemplate;
import io.millrace.template.Conversation;
import io.millrace.template.SpecialTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time to render a chat with a template that is compiled already, as percentiles.
 *
 * <pre>
 * mvn -B -ntp -q -P benchmark -pl bench -am -DskipTests package
 * java -cp 'bench/target/test-classes:bench/target/lib/*' \
 *   org.openjdk.jmh.Main ChatTemplateBenchmark
 * </pre>
 *
 * <p>A template of one's own: {@code -p template=FILE.jinja}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ChatTemplateBenchmark {
  /** A template of the usual kind: roles are checked, tools are listed, calls are written out. */
  private static final String USUAL =
      """
      {%- macro call(function) -%}
      {{- '{"name": "' ~ function.name ~ '", "arguments": ' ~ function.arguments|tojson ~ '}' -}}
      {%- endmacro -%}
      {%- set ns = namespace(system='', last=-1) -%}
      {%- for message in messages -%}
      {%- if message.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}
      {%- endfor -%}
      {%- if tools -%}{{- '# Tools\\n' -}}
      {%- for tool in tools -%}{{- tool|tojson -}}{{- '\\n' -}}{%- endfor -%}
      {%- endif -%}
      {%- for message in messages -%}
      {%- if loop.index0 == 0 and message['role'] == 'system' -%}
      {{- bos_token ~ '<|system|>\\n' ~ message['content']|trim ~ eos_token ~ '\\n' -}}
      {%- elif message['role'] in ['user', 'assistant'] -%}
      {{- '<|' ~ message['role'] ~ '|>\\n' -}}
      {%- if message['role'] == 'assistant' and loop.index0 > ns.last and '</think>' in message['content'] -%}
      {{- message['content'].split('</think>')[-1].lstrip('\\n') -}}
      {%- else -%}
      {{- message['content']|trim -}}
      {%- endif -%}
      {%- if message.tool_calls is defined -%}
      {%- for each in message.tool_calls -%}{{- call(each.function) -}}{%- endfor -%}
      {%- endif -%}
      {{- eos_token ~ '\\n' -}}
      {%- else -%}
      {{- raise_exception('unknown role ' ~ message['role']) -}}
      {%- endif -%}
      {%- endfor -%}
      {%- if add_generation_prompt -%}{{- '<|assistant|>\\n' -}}{%- endif -%}
      """;

  private static final SpecialTokens TOKENS = SpecialTokens.of("<s>", "</s>");

  @Param("20")
  private int messages = 20;

  /** A file, or nothing for the usual one. */
  @Param("")
  private String template = "";

  private ChatTemplate compiled = ChatTemplate.compile("");
  private Conversation conversation = Conversation.of(List.of());

  /** Compiles the template, and makes up a conversation. */
  @Setup
  public void prepare() throws IOException {
    compiled =
        ChatTemplate.compile(template.isEmpty() ? USUAL : Files.readString(Path.of(template)));
    List<Map<String, Object>> chat = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      String role = i == 0 ? "system" : i % 2 == 1 ? "user" : "assistant";
      chat.add(Map.of("role", role, "content", "What was said at turn " + i + ". ".repeat(100)));
    }
    conversation = Conversation.of(chat);
  }

  @Benchmark
  public String render() {
    return compiled.render(conversation, TOKENS, Clock.systemUTC());
  }
}
