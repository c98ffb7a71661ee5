package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Jinja2 does and Jinjava's own engine does otherwise: each kind of difference once. */
final class JinjaBehaviourTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2025-07-10T12:00:00Z"), ZoneOffset.UTC);

  private static String render(String template) {
    Map<String, @Nullable Object> variables = new HashMap<>();
    variables.put("n", null);
    variables.put("l", List.of("a", "b"));
    variables.put("s", "hello");
    variables.put("d", Map.of("k", List.of(true, 1.5, "é<")));
    variables.put("users", List.of(Map.of("r", "u"), Map.of("r", "a")));
    variables.put("m", Map.of("items", "its own"));
    return ChatTemplate.compile(template.replace("⏎", "\n")).render(variables, CLOCK);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a {% if true %}b{% endif %} => a b",
        "x⏎  {% if true %}⏎b{% endif %}⏎⏎ => x⏎b",
        "  {%+ if true %}x{% endif %} =>   x",
        "a⏎{#- c -#}⏎b => ab",
        "  {# c #}⏎b => b",
        "{% raw %}{{ x }}{% endraw %} => {{ x }}",
        "a{{ 1 -}}  ⏎ b => a1b",
        "a⏎⏎ => a⏎",
        "{{ 'x' }}⏎ => x",
        "{{ 'x⏎' }} => x⏎",
      })
  void whiteSpace_isJinjas(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected.replace("⏎", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "{{ -3 }} => -3",
        "{{ {'a':{'b':1}}['a']['b'] }} => 1",
        "{{ '}}' }} => }}",
        "{{ n is defined }} {{ zz is defined }} => True False",
        "{{ none }} {{ true }} {{ 'a' ~ true }} {{ 1e-7 }} {{ 4/2 }} => None True aTrue 1e-07 2.0",
        "{{ [none, true, 'x', 1.0] }} => [None, True, 'x', 1.0]",
        "{% if 'false' %}T{% endif %} => T",
        "{{ not l|length == 1 }} => True",
        "{{ not zz is defined }} => True",
        "{% set ns = namespace(i=l|length - 1) %}{{ ns.i }} => 1",
        "{{ l|length+1 }} => 3",
        "{{ s[:1+1] }} => he",
        "{{ l[::-1]|join }} => ba",
        "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} => True False",
        "{{ 'a' 'b' }} => ab",
        "{{ l|length is divisibleby 2 }} => True",
        "{{ '-' * 3 }} => ---",
        "{{ '\\u0041\\d' }} => A\\d",
        "{% macro f(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ f(*l) }} => ab",
        "{{ 'a' in [1, 'a'] }} => True",
        "{{ '1' == 1 }} {{ 1 == 1.0 }} {{ true == 1 }} => False True True",
        "{{ 'xax'.strip('x') }} {{ ' a '.lstrip() }}| {{ 'a|b'.split('|') }} => a a | ['a', 'b']",
        "{{ s.title() }} {{ s.startswith(('x', 'he')) }} => Hello True",
        "{% for k, v in d|items %}{{ k }}{{ v|tojson }}{% endfor %} => k[true, 1.5, \"é<\"]",
        "{{ {'b': [], 'a': {}}|tojson(indent=2) }} => `{\n  \"b\": [],\n  \"a\": {}\n}`",
        "{{ '\u3000a\u00a0'|trim }} {{ '🤖é'|length }} {{ '🤖é'[0] }} => a 2 🤖",
        "{% for x in l if x != 'b' %}{{ x }}{{ loop.last }}{% endfor %} => aTrue",
        "{% for x in [] %}a{% else %}E{% endfor %} => E",
        "{% for x in l %}{{ loop.previtem is defined }}{{ loop.nextitem }};{% endfor %} => Falseb;True;",
        "{% for x in l %}{{ q is defined }}{% set q = 1 %}{% endfor %} => FalseFalse",
        "{% macro m(a, b='x, y') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b='z') }} => 1x, y1z",
        "{% for x in l %}{% if x == 'b' %}B{% break %}C{% endif %}{{ x }}{% endfor %} => aB",
        "{% for x in l %}{% if x == 'a' %}{% continue %}{% endif %}{{ x }}{% endfor %} => b",
        "{% filter upper %}ab{% endfilter %} => AB",
        "{% generation %}x{% endgeneration %} => x",
        "{{ strftime_now is defined }} {{ strftime_now('%d %b %Y') }} => True 10 Jul 2025",
        "{{ '<' ~ '<b>'|safe }} {{ '<' + '<b>'|safe }} => <<b> &lt;<b>",
        "{% for k in m.items() %}{{ k }}{% endfor %} {{ m['items'] }} => ('items', 'its own') its own",
        "{{ users|selectattr('r', 'equalto', 'u')|list|length }} => 1",
        "{% set x, y = 1, 2 %}{{ x }}{{ y }} => 12",
        "{% set x | upper %}ab{% endset %}{{ x }} => AB",
        "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}x{% endcall %} => [x]",
        "{% for x in [[1, [2]]] recursive %}{{ x if x is number else loop(x) }}{% endfor %} => 12",
        "[{{ 'x' if false }}] => []",
        "{% set j = joiner('-') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %} => a-b",
        "{% set c = cycler('o', 'e') %}{{ c.next() }}{{ c.next() }}{{ c.next() }} => oeo",
        "{{ 2**100 }} {{ -7//2 }} {{ -7 % 3 }} => 1267650600228229401496703205376 -4 2",
        "{{ '%s-%03d' % ('a', 7) }} {{ '{:>5}|{}'.format('x', 1) }} => a-007     x|1",
        "{{ 2.5|round }} {{ 3.5|round|int }} {{ 2.345|round(2) }} => 2.0 4 2.35",
      })
  void values_arePythons(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'x' + l }}",
        "{{ n + 'x' }}",
        "{{ zz.a }}",
        "{{ zz + 1 }}",
        "{{ l.append(1) }}",
        "{{ d.update({}) }}",
        "{{ 1 / 0 }}",
        "{{ s|nosuchfilter }}",
        "{{ 'x'|fromjson }}",
        "{% break %}",
        "{% for x in l %}{% macro m() %}{% continue %}{% endmacro %}{% endfor %}",
        "{% else %}",
        "{% if true %}{% elif %}{% endif %}",
        "{% nosuchtag %}",
        "{% if true %}",
        "{{ 'unclosed }}",
        "{{ (1 }}",
        "{% set d.x = 1 %}",
        "{% include 'other' %}",
        "{{ 'a' is defined is true }}",
      })
  void mistakes_areErrors(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> {
              assertThat(e.raisedByTemplate()).isFalse();
              assertThat(e.getMessage()).doesNotContain("Exception").contains("(template line 1)");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "{{ 7*7 }}", "with 'quotes'\nand lines"})
  void raiseException_givesItsOwnText(String message) {
    ChatTemplate template = ChatTemplate.compile("\n\n{{ raise_exception(message) }}");
    assertThatThrownBy(() -> template.render(Map.of("message", message), CLOCK))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> {
              assertThat(e.raisedByTemplate()).isTrue();
              assertThat(e).hasMessage(message);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{% for x in [1] %}{{ s }}{% endfor %}{% set s = 2 %}{{ s }} => 2",
        "{% for x in [1] %}{{ s }}{% endfor %}{% if true %}{% set s = 2 %}{% endif %}{{ s }} => hello2",
        "{{ s }}{% set s = 2 %}{% for x in [1] %}{{ s }}{% endfor %} => hello2",
        "{% for x in [1] %}{% set s = 2 %}{% endfor %}{{ s }} => hello",
        "{% macro m() %}{{ q }}{% endmacro %}{% set q = 1 %}{{ m() }} => 1",
      })
  void names_areResolvedByWhereTheyAreAssigned(String template, String expected) {
    assertThat(render(template)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{% if false %}{{ s|nosuch }}{% endif %}x", "{{ s|nosuch if false }}x"})
  void unknownFilters_doNotMatterWhereTheyAreNotReached(String template) {
    assertThat(render(template)).isEqualTo("x");
  }
}
