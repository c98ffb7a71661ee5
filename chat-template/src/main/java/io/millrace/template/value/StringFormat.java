package io.millrace.template.value;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;

/**
 * {@code str.format}, as Jinja2's sandbox lets templates use it: fields go through {@link Access}.
 */
final class StringFormat {
  private static final int MAX_NESTING = 2;

  private final Arguments arguments;
  private final Dict mapping;
  private final Budget budget;
  private int automatic;

  private StringFormat(Arguments arguments, Dict mapping, Budget budget) {
    this.arguments = arguments;
    this.mapping = mapping;
    this.budget = budget;
  }

  static String format(String template, Arguments arguments, Budget budget) {
    Dict named = new Dict();
    arguments.named().forEach((name, value) -> named.put(name, value, budget));
    return new StringFormat(arguments, named, budget).fill(template, MAX_NESTING);
  }

  static String formatMap(String template, Arguments arguments, Budget budget) {
    if (!(arguments.bind("format_map", "mapping").get(0) instanceof Dict mapping)) {
      throw new TemplateException("format_map() argument must be a mapping");
    }
    return new StringFormat(Arguments.NONE, mapping, budget).fill(template, MAX_NESTING);
  }

  private String fill(String template, int nesting) {
    if (nesting == 0) {
      throw new TemplateException("Max string recursion exceeded");
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c != '{' && c != '}') {
        out.append(c);
      } else if (i + 1 < template.length() && template.charAt(i + 1) == c) {
        out.append(c);
        i++;
      } else if (c == '}') {
        throw new TemplateException("Single '}' encountered in format string");
      } else {
        int end = closing(template, i);
        out.append(field(template.substring(i + 1, end), nesting));
        i = end;
      }
      budget.checkLength(out.length());
    }
    budget.produce(out.length());
    return out.toString();
  }

  private static int closing(String template, int open) {
    int depth = 0;
    for (int i = open; i < template.length(); i++) {
      depth += template.charAt(i) == '{' ? 1 : template.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new TemplateException("Single '{' encountered in format string");
  }

  private String field(String field, int nesting) {
    int colon = outside(field, ':');
    String spec = colon < field.length() ? field.substring(colon + 1) : "";
    String named = field.substring(0, colon);
    int bang = outside(named, '!');
    Object value = value(named.substring(0, bang));
    if (bang < named.length()) {
      value = converted(value, named.substring(bang + 1));
    }
    return FormatSpec.format(value, spec.indexOf('{') < 0 ? spec : fill(spec, nesting - 1), budget);
  }

  private static int outside(String field, char wanted) {
    boolean brackets = false;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == wanted && !brackets) {
        return i;
      }
      brackets = c == '[' || (brackets && c != ']');
    }
    return field.length();
  }

  private Object converted(Object value, String conversion) {
    return switch (conversion) {
      case "s" -> Text.str(value, budget);
      case "r" -> Text.repr(value, budget);
      default -> throw new TemplateException("Unknown conversion specifier '" + conversion + "'");
    };
  }

  private Object value(String name) {
    int end = 0;
    while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
      end++;
    }
    Object value = argument(name.substring(0, end));
    while (end < name.length()) {
      boolean attribute = name.charAt(end) == '.';
      int start = end + 1;
      end = start;
      while (end < name.length()
          && (attribute
              ? name.charAt(end) != '.' && name.charAt(end) != '['
              : name.charAt(end) != ']')) {
        end++;
      }
      String key = name.substring(start, end);
      value = attribute ? Access.attribute(value, key) : Access.item(value, index(key), budget);
      end += attribute ? 0 : 1;
    }
    return value;
  }

  private Object argument(String name) {
    Object key = name.isEmpty() ? (Object) (long) automatic++ : index(name);
    if (key instanceof Long position) {
      if (position >= arguments.positional().size()) {
        throw new TemplateException(
            "Replacement index %d out of range for positional args tuple".formatted(position));
      }
      return arguments.positional().get(position.intValue());
    }
    Object value = mapping.get(name);
    if (value == null) {
      throw new TemplateException("'" + name + "'");
    }
    return value;
  }

  private static Object index(String key) {
    boolean number =
        !key.isEmpty() && key.length() < 10 && key.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? (Object) Long.parseLong(key) : key;
  }
}
