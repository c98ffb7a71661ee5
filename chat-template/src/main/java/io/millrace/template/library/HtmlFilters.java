package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Dict;
import io.millrace.template.value.Markup;
import io.millrace.template.value.None;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Text;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Types;
import io.millrace.template.value.Undefined;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** Filters for HTML and URLs. */
final class HtmlFilters {
  private static final Pattern BAD_ATTRIBUTE = Pattern.compile("[\\s/>=]");

  private HtmlFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("safe", HtmlFilters::safe);
    filters.put("e", HtmlFilters::escape);
    filters.put("escape", HtmlFilters::escape);
    filters.put("forceescape", HtmlFilters::forceEscape);
    filters.put("urlencode", HtmlFilters::urlEncode);
    filters.put("xmlattr", HtmlFilters::xmlAttributes);
  }

  private static Object safe(Object value, Arguments arguments, Budget budget) {
    arguments.bind("safe");
    return value instanceof Markup ? value : new Markup(Text.str(value, budget));
  }

  private static Object escape(Object value, Arguments arguments, Budget budget) {
    arguments.bind("escape");
    return escaped(value, budget);
  }

  private static Object forceEscape(Object value, Arguments arguments, Budget budget) {
    arguments.bind("forceescape");
    return escaped(Text.str(value, budget), budget);
  }

  private static Markup escaped(Object value, Budget budget) {
    Markup escaped = Markup.escape(value, Text.str(value, budget));
    budget.produce(escaped.content().length());
    return escaped;
  }

  private static Object urlEncode(Object value, Arguments arguments, Budget budget) {
    arguments.bind("urlencode");
    if (Strings.isString(value) || !Sequences.isIterable(value)) {
      return quote(value, false, budget);
    }
    StringJoiner query = new StringJoiner("&");
    Object pairs = value instanceof Dict dict ? dict.items() : value;
    for (Iterator<Object> each = Sequences.iterate(pairs, budget); each.hasNext(); ) {
      List<Object> pair = Sequences.list(each.next(), budget);
      if (pair.size() != 2) {
        throw new TemplateException("urlencode takes pairs, got " + pair.size() + " values");
      }
      query.add(quote(pair.get(0), true, budget) + "=" + quote(pair.get(1), true, budget));
    }
    return query.toString();
  }

  private static String quote(Object value, boolean query, Budget budget) {
    StringBuilder quoted = new StringBuilder();
    for (byte each : Text.str(value, budget).getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          (each >= 'a' && each <= 'z')
              || (each >= 'A' && each <= 'Z')
              || (each >= '0' && each <= '9')
              || "_.-~".indexOf(each) >= 0
              || (each == '/' && !query);
      if (plain) {
        quoted.append((char) each);
      } else {
        quoted.append(query && each == ' ' ? "+" : "%%%02X".formatted(each & 0xff));
      }
    }
    budget.produce(quoted.length());
    return quoted.toString();
  }

  private static Object xmlAttributes(Object value, Arguments arguments, Budget budget) {
    boolean autospace = arguments.bind("xmlattr", "autospace?").truth(0, true);
    if (!(value instanceof Dict dict)) {
      Undefined.require(value);
      throw new TemplateException("'" + Types.name(value) + "' object has no attribute 'items'");
    }
    StringJoiner attributes = new StringJoiner(" ");
    for (Object item : dict.items()) {
      List<Object> entry = ((Tuple) item).items();
      Object content = entry.get(1);
      if (content != None.NONE && !(content instanceof Undefined)) {
        String name = Text.str(entry.get(0), budget);
        if (BAD_ATTRIBUTE.matcher(name).find()) {
          throw new TemplateException("Invalid character in attribute name: '" + name + "'");
        }
        attributes.add(
            escaped(name, budget).content() + "=\"" + escaped(content, budget).content() + "\"");
      }
    }
    return (autospace && attributes.length() > 0 ? " " : "") + attributes;
  }
}
