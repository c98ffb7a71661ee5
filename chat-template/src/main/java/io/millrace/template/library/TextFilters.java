package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.limit.Budget;
import io.millrace.template.value.Access;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Dict;
import io.millrace.template.value.Markup;
import io.millrace.template.value.None;
import io.millrace.template.value.Numbers;
import io.millrace.template.value.PercentFormat;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Slice;
import io.millrace.template.value.StringPadding;
import io.millrace.template.value.StringSplitting;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Text;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Types;
import io.millrace.template.value.Undefined;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters that take a value's text. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("\\w++", Pattern.UNICODE_CHARACTER_CLASS);
  private static final int LEEWAY = 5;

  private TextFilters() {}

  static void register(Map<String, Filter> filters) {
    change(filters, "upper", Strings::upper);
    change(filters, "lower", Strings::lower);
    change(filters, "capitalize", Strings::capitalize);
    filters.put("title", TextFilters::title);
    filters.put("trim", TextFilters::trim);
    filters.put("replace", TextFilters::replace);
    filters.put("format", TextFilters::format);
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("truncate", TextFilters::truncate);
    filters.put("wordcount", TextFilters::wordCount);
  }

  private static void change(
      Map<String, Filter> filters, String name, UnaryOperator<String> change) {
    filters.put(
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          String text = Text.str(value, budget);
          budget.produce(text.length());
          return Strings.like(value, change.apply(text));
        });
  }

  private static Object title(Object value, Arguments arguments, Budget budget) {
    arguments.bind("title");
    String text = Text.str(value, budget);
    budget.produce(text.length());
    StringBuilder titled = new StringBuilder(text.length());
    boolean first = true;
    for (int c : text.codePoints().toArray()) {
      String character = Character.toString(c);
      titled.append(first ? Strings.upper(character) : Strings.lower(character));
      first = Strings.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }
    return titled.toString();
  }

  private static Object trim(Object value, Arguments arguments, Budget budget) {
    String chars = arguments.bind("trim", "chars?").string(0, null);
    String text = Text.str(value, budget);
    budget.produce(text.length());
    return Strings.like(value, Strings.strip(text, chars));
  }

  private static Object replace(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("replace", "old", "new", "count?");
    Object count = bound.get(2, None.NONE);
    return Access.call(
        Access.attribute(Text.str(value, budget), "replace"),
        Arguments.of(
            Text.str(bound.get(0), budget),
            Text.str(bound.get(1), budget),
            count == None.NONE ? (Object) (-1L) : count),
        budget);
  }

  private static Object format(Object value, Arguments arguments, Budget budget) {
    boolean named = !arguments.named().isEmpty();
    if (named && !arguments.positional().isEmpty()) {
      throw new TemplateException("can't handle positional and keyword arguments at the same time");
    }
    Dict mapping = new Dict();
    arguments.named().forEach((name, each) -> mapping.put(name, each, budget));
    return PercentFormat.format(
        Strings.isString(value) ? value : Text.str(value, budget),
        named ? mapping : Tuple.copyOf(arguments.positional()),
        budget);
  }

  private static Object indent(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("indent", "width?", "first?", "blank?");
    String text = string(value);
    Object width = bound.get(0, 4L);
    String indention =
        Strings.isString(width) ? Strings.content(width) : spaces(Numbers.index(width), budget);
    boolean blank = bound.truth(2, false);
    StringBuilder indented = new StringBuilder(bound.truth(1, false) ? indention : "");
    List<Object> lines = StringSplitting.lines(text + "\n", false);
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      boolean indents = i > 0 && (blank || !line.isEmpty());
      indented.append(i > 0 ? "\n" : "").append(indents ? indention : "").append(line);
      budget.checkLength(indented.length());
    }
    budget.produce(indented.length());
    return Strings.like(value, indented.toString());
  }

  private static String spaces(int count, Budget budget) {
    budget.produce(count);
    return " ".repeat(Math.max(0, count));
  }

  private static Object center(Object value, Arguments arguments, Budget budget) {
    int width = arguments.bind("center", "width?").integer(0, 80);
    String text = Text.str(value, budget);
    return Strings.like(value, StringPadding.center(text, width, " ", budget));
  }

  private static Object truncate(Object value, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("truncate", "length?", "killwords?", "end?", "leeway?");
    int length = bound.integer(0, 255);
    String end = bound.has(2) ? bound.string(2) : "...";
    boolean leewayGiven = bound.get(3, None.NONE) != None.NONE;
    int leeway = leewayGiven ? bound.integer(3, LEEWAY) : LEEWAY;
    long endLength = Sequences.requireLength(end);
    if (length < endLength || leeway < 0) {
      throw new TemplateException(
          "expected length >= %d and leeway >= 0, got %d and %d"
              .formatted(endLength, length, leeway));
    }
    if (Sequences.requireLength(value) <= (long) length + leeway) {
      return value;
    }
    String text = string(value);
    String cut = (String) Slice.of(text, None.NONE, length - endLength, None.NONE, budget);
    int space = cut.lastIndexOf(' ');
    boolean whole = bound.truth(1, false) || space < 0;
    return Strings.like(value, (whole ? cut : cut.substring(0, space)) + end);
  }

  private static Object wordCount(Object value, Arguments arguments, Budget budget) {
    arguments.bind("wordcount");
    Matcher words = WORD.matcher(Text.str(value, budget));
    return words.results().count();
  }

  private static String string(Object value) {
    if (!Strings.isString(Undefined.require(value))) {
      throw new TemplateException("expected a string, got " + Types.name(value));
    }
    return value instanceof Markup markup ? markup.content() : (String) value;
  }
}
