package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code json.dumps}, which is what transformers makes of the {@code tojson} filter. */
public final class Json {
  private final Style style;
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();
  private int level;

  private Json(Style style, Budget budget) {
    this.style = style;
    this.budget = budget;
  }

  public static String dump(Object value, Style style, Budget budget) {
    Json json = new Json(style, budget);
    json.append(value);
    budget.produce(json.out.length());
    return json.out.toString();
  }

  private void append(Object value) {
    budget.step();
    if (Strings.isString(value)) {
      appendString(Strings.content(value));
    } else if (value instanceof List) {
      appendArray(Sequences.asList(value));
    } else if (value instanceof Tuple tuple) {
      appendArray(tuple.items());
    } else if (value instanceof Dict dict) {
      appendObject(dict);
    } else {
      out.append(scalar(value));
    }
    budget.checkLength(out.length());
  }

  private String scalar(Object value) {
    if (value == None.NONE) {
      return "null";
    } else if (value instanceof Boolean truth) {
      return truth ? "true" : "false";
    } else if (value instanceof Long || value instanceof BigInteger) {
      return Text.repr(value, budget);
    } else if (value instanceof Double real) {
      return real.isNaN()
          ? "NaN"
          : real.isInfinite() ? (real < 0 ? "-Infinity" : "Infinity") : FloatText.repr(real);
    }
    throw new TemplateException(
        "Object of type " + Types.name(value) + " is not JSON serializable");
  }

  private void appendArray(List<Object> items) {
    open('[', items.isEmpty());
    for (Iterator<Object> each = items.iterator(); each.hasNext(); ) {
      append(each.next());
      between(each.hasNext());
    }
    close(']', items.isEmpty());
  }

  private void appendObject(Dict dict) {
    open('{', dict.size() == 0);
    List<Object> items = dict.items();
    if (style.sortKeys()) {
      items.sort(
          (a, b) ->
              Comparison.natural(budget)
                  .compare(((Tuple) a).items().get(0), ((Tuple) b).items().get(0)));
    }
    for (Iterator<Object> each = items.iterator(); each.hasNext(); ) {
      List<Object> entry = ((Tuple) each.next()).items();
      appendString(key(entry.get(0)));
      out.append(style.keySeparator());
      append(entry.get(1));
      between(each.hasNext());
    }
    close('}', items.isEmpty());
  }

  private String key(Object key) {
    if (Strings.isString(key)) {
      return Strings.content(key);
    } else if (Numbers.isNumber(key) || key == None.NONE) {
      return scalar(key);
    }
    throw new TemplateException(
        "keys must be str, int, float, bool or None, not " + Types.name(key));
  }

  private void open(char bracket, boolean empty) {
    budget.enter(1);
    level++;
    out.append(bracket);
    if (!empty) {
      newLine();
    }
  }

  private void between(boolean more) {
    if (more) {
      out.append(style.itemSeparator());
      newLine();
    }
  }

  private void close(char bracket, boolean empty) {
    budget.leave(1);
    level--;
    if (!empty) {
      newLine();
    }
    out.append(bracket);
  }

  private void newLine() {
    if (style.indent() != null) {
      out.append('\n').append(style.indent().repeat(level));
    }
  }

  private void appendString(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      appendEscaped(text.charAt(i));
    }
    out.append('"');
  }

  private void appendEscaped(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\f' -> out.append("\\f");
      case '\b' -> out.append("\\b");
      default -> {
        if (c < ' ' || (style.ascii() && c > '~')) {
          out.append("\\u%04x".formatted((int) c));
        } else {
          out.append(c);
        }
      }
    }
  }

  /**
   * How it is laid out.
   *
   * @param ascii whether other characters are escaped
   * @param indent what a level is indented by, or null for one line
   */
  public record Style(
      boolean ascii,
      @Nullable String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys) {}
}
