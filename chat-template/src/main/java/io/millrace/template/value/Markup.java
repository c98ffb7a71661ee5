package io.millrace.template.value;

/**
 * A string that is safe in HTML (markupsafe.Markup): {@code +}, {@code %} and {@code join} escape
 * what is put into it. Some published templates rely on that after {@code |safe}.
 */
public record Markup(String content) implements PyObject {
  /** The value as HTML, unless it is that already. */
  public static Markup escape(Object value, String text) {
    return value instanceof Markup markup ? markup : new Markup(escape(text));
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&#34;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  @Override
  public String typeName() {
    return "Markup";
  }

  @Override
  public String qualifiedName() {
    return "markupsafe.Markup";
  }
}
