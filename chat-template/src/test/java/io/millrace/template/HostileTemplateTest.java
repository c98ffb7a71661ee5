package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.template.limit.Limits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that want too much, or more than templates may have. */
final class HostileTemplateTest {
  private static final Clock CLOCK = Clock.systemUTC();

  /** A tenth of the usual ones, but for the longest string: the end comes as surely, and sooner. */
  private static final Limits FEW =
      new Limits(
          Limits.DEFAULT.steps() / 10,
          Limits.DEFAULT.length(),
          Limits.DEFAULT.produced() / 10,
          Limits.DEFAULT.depth());

  private static String render(String template) {
    return ChatTemplate.compile(template).render(Map.of("s", "text"), CLOCK);
  }

  static Stream<String> greedy() {
    String loop = "{% for a in range(100000) %}";
    String end = "{% endfor %}";
    return Stream.of(
        "{{ 'x' * 10**9 }}",
        "{{ ['x'] * 10**9 }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 'x'|center(10**9) }}",
        "{{ 'a\nb'|indent(10**9) }}",
        "{{ [1]|batch(10**9, 0)|list }}",
        "{{ [1]|slice(10**9)|list }}",
        "{{ 10**(10**10) }}",
        "{{ 10**1000000 }}",
        "{{ range(10**9) }}",
        loop + loop + loop + end + end + end,
        "{% set ns = namespace(x='x') %}" + loop + "{% set ns.x = ns.x + ns.x %}" + end,
        "{% set ns = namespace(x=[]) %}"
            + loop
            + "{% set ns.x = [ns.x, ns.x] %}"
            + end
            + "{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}" + loop + "{% set ns.x = [ns.x] %}" + end + "{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}"
            + loop
            + "{% set ns.x = [ns.x] %}"
            + end
            + "{{ ns.x|tojson }}",
        "{% set ns = namespace(x=[], y=[]) %}"
            + loop
            + "{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}"
            + end
            + "{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=()) %}"
            + loop
            + "{% set ns.x = (ns.x,) %}"
            + end
            + "{{ {ns.x: 1} }}",
        "{% set ns = namespace(x=[1]) %}"
            + loop
            + "{% set ns.x = ns.x|map('int') %}"
            + end
            + "{{ ns.x|list }}",
        "{% set x = ('a' * 1000000 ~ 'b') %}{% set y = 'a' * 8000000 %}"
            + loop
            + "{{ x in y }}"
            + end,
        "{% set x = 'ab' * 1000000 %}" + loop + "{{ x.replace('a', 'b')|length }}" + end,
        "{% set x = 'ab' * 1000000 %}" + loop + "{{ x|upper|length }}" + end,
        "{% set x = 'ab' * 1000000 %}" + loop + "{{ x.split('c')|length }}" + end,
        "{% set x = 'ab' * 1000000 %}" + loop + "{{ x.islower() }}" + end,
        "{% set x = 'ab' * 1000000 %}" + loop + "{{ x|length }}" + end,
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(x) %}{{ m([m, x]) + m(x) }}{% endmacro %}{{ m(1) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}");
  }

  @ParameterizedTest
  @MethodSource("greedy")
  void template_thatWantsTooMuch_endsWithAnError(String template) {
    ChatTemplate compiled = ChatTemplate.compile(template, FEW);
    assertThatThrownBy(() -> compiled.render(Map.of("s", "text"), CLOCK))
        .isInstanceOf(TemplateException.class);
  }

  static Stream<String> deep() {
    int deep = 100_000;
    return Stream.of(
        "{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}",
        "{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}",
        "{{ " + "not ".repeat(deep) + "1 }}",
        "{{ " + "-".repeat(deep) + "1 }}",
        "{{ " + "1 + ".repeat(deep) + "1 }}",
        "{{ " + "1 ** ".repeat(deep) + "1 }}",
        "{{ 1" + " if 1 else 1".repeat(deep) + " }}",
        "{{ 1" + "|abs".repeat(deep) + " }}",
        "{{ s" + ".a".repeat(deep) + " }}",
        "{{ s" + "[0]".repeat(deep) + " }}",
        "{{ " + "{1:".repeat(deep) + "1" + "}".repeat(deep) + " }}",
        "{% if 1 %}".repeat(deep) + "{% endif %}".repeat(deep),
        "{% for a in [1] %}".repeat(deep) + "{% endfor %}".repeat(deep),
        "{% set " + "(".repeat(deep) + "a" + ")".repeat(deep) + " = 1 %}");
  }

  @ParameterizedTest
  @MethodSource("deep")
  void template_thatNestsTooDeep_isRefusedWithTheLimit(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("nested deeper than");
  }

  @Test
  void conversation_thatNestsTooDeep_isRefused() {
    List<Object> nested = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      nested = List.of(nested);
    }
    List<Object> deep = nested;
    ChatTemplate template = ChatTemplate.compile("{{ x }}");
    assertThatThrownBy(() -> template.render(Map.of("x", deep), CLOCK))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("1000 levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{{ s|attr('__class__') }}",
        "{{ s.getClass }}",
        "{{ s.class }}",
        "{{ [].class }}{{ {}.class }}{{ range(1).class }}",
        "{{ raise_exception.__globals__ }}",
        "{% set ns = namespace(_x=1) %}{{ ns._x }}",
        "{{ messages }}{{ interpreter }}{{ context }}{{ ____int3rpr3t3r____ }}{{ this }}{{ request }}",
      })
  void insides_areOutOfReach(String template) {
    assertThat(render(template)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ s.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ s.getClass() }}",
        "{{ '{0.__class__.__mro__}'.format(s) }}",
        "{{ s.class.forName('java.lang.Runtime') }}",
      })
  void insides_cannotBeUsed(String template) {
    assertThatThrownBy(() -> render(template)).isInstanceOf(TemplateException.class);
  }

  @Test
  void limits_areNamedInTheMessage() {
    ChatTemplate template =
        ChatTemplate.compile(
            "{% for x in range(50) %}0123456789{% endfor %}", new Limits(100_000, 100, 1000, 100));
    assertThatThrownBy(() -> template.render(Map.of(), CLOCK))
        .hasMessage(
            "the template produces more than 100 characters or elements in one value"
                + " (template line 1)");
  }
}
