package io.millrace.template;

/**
 * A template that cannot be read, or that failed while it was rendered. The message says why, in
 * Python's words where Python has words for it, so that it can be shown to whoever sent the
 * request.
 */
public final class TemplateException extends RuntimeException {
  private static final int NOWHERE = 0;

  private final String reason;
  private final int line;
  private final boolean raisedByTemplate;

  private TemplateException(String reason, int line, boolean raisedByTemplate) {
    super(
        raisedByTemplate || line == NOWHERE ? reason : reason + " (template line " + line + ")",
        null,
        false,
        true);
    this.reason = reason;
    this.line = line;
    this.raisedByTemplate = raisedByTemplate;
  }

  public TemplateException(String reason) {
    this(reason, NOWHERE, false);
  }

  /** What {@code raise_exception(message)} does. */
  public static TemplateException raised(String message) {
    return new TemplateException(message, NOWHERE, true);
  }

  /** The same with the line of the template where it happened, unless one is known already. */
  public TemplateException at(int templateLine) {
    if (line != NOWHERE) {
      return this;
    }
    TemplateException located = new TemplateException(reason, templateLine, raisedByTemplate);
    located.setStackTrace(getStackTrace());
    return located;
  }

  /**
   * The line of the template where it happened, from 1; 0 if that is not known, or the template
   * raised it.
   */
  public int line() {
    return raisedByTemplate ? NOWHERE : line;
  }

  /**
   * Whether the template itself refused the conversation with {@code raise_exception}: the message
   * is then exactly that text.
   */
  public boolean raisedByTemplate() {
    return raisedByTemplate;
  }
}
