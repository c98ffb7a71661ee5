package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;

/** {@code str(value)} and {@code repr(value)}. */
public final class Text {
  private static final int MAX_INTEGER_BITS = 14_285;

  private final StringBuilder out = new StringBuilder();
  private final Budget budget;

  private Text(Budget budget) {
    this.budget = budget;
  }

  /** What printing a value gives. */
  public static String str(Object value, Budget budget) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof Markup markup) {
      return markup.content();
    }
    return value instanceof Undefined ? "" : repr(value, budget);
  }

  /** What a value looks like within a list that is printed. */
  public static String repr(Object value, Budget budget) {
    Text text = new Text(budget);
    text.append(value);
    budget.produce(text.out.length());
    return text.out.toString();
  }

  private void append(Object value) {
    budget.step();
    if (value instanceof String string) {
      appendQuoted(string);
    } else if (value instanceof Long || value instanceof BigInteger) {
      appendInteger((Number) value);
    } else if (value instanceof Double real) {
      out.append(FloatText.repr(real));
    } else if (value instanceof Boolean truth) {
      out.append(truth ? "True" : "False");
    } else if (value instanceof List) {
      appendAll("[", Sequences.asList(value), "]");
    } else if (value == None.NONE) {
      out.append("None");
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else {
      appendObject((PyObject) value);
    }
    budget.checkLength(out.length());
  }

  private void appendObject(PyObject value) {
    if (value instanceof Dict dict) {
      appendDict(dict);
    } else if (value instanceof Tuple tuple) {
      appendAll("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")");
    } else if (value instanceof Markup markup) {
      out.append("Markup(");
      appendQuoted(markup.content());
      out.append(')');
    } else if (value instanceof DictView view) {
      appendAll(view.typeName() + "([", view.elements(), "])");
    } else if (value instanceof Namespace namespace) {
      out.append("<Namespace ");
      appendDict(namespace.toDict(budget));
      out.append('>');
    } else {
      out.append(value.representation());
    }
  }

  private void appendAll(String open, List<Object> items, String close) {
    budget.enter(1);
    out.append(open);
    for (Iterator<Object> each = items.iterator(); each.hasNext(); ) {
      append(each.next());
      out.append(each.hasNext() ? ", " : "");
    }
    out.append(close);
    budget.leave(1);
  }

  private void appendDict(Dict dict) {
    budget.enter(1);
    String separator = "{";
    for (Object item : dict.items()) {
      List<Object> entry = ((Tuple) item).items();
      out.append(separator);
      append(entry.get(0));
      out.append(": ");
      append(entry.get(1));
      separator = ", ";
    }
    out.append(dict.size() == 0 ? "{}" : "}");
    budget.leave(1);
  }

  private void appendInteger(Number value) {
    if (value instanceof BigInteger big && big.bitLength() > MAX_INTEGER_BITS) {
      throw new TemplateException("Exceeds the limit (4300 digits) for integer string conversion");
    }
    out.append(value);
  }

  private void appendQuoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(c -> appendEscaped(c, quote));
    out.append(quote);
  }

  private void appendEscaped(int c, char quote) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(c)) {
          out.appendCodePoint(c);
        } else {
          String format = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
          out.append(format.formatted(c));
        }
      }
    }
  }

  /** {@code str.isprintable} of one character. */
  static boolean isPrintable(int c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
