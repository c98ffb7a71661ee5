package io.millrace.template;

import io.millrace.template.expression.Scope;
import io.millrace.template.interpreter.TemplateEngine;
import io.millrace.template.library.Globals;
import io.millrace.template.limit.Budget;
import io.millrace.template.limit.Limits;
import io.millrace.template.tree.Root;
import io.millrace.template.value.Values;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat template, compiled: renders conversations as transformers' {@code apply_chat_template}
 * does. Immutable and safe to share between threads.
 *
 * <p>What is rendered has all its special tokens already: it has to be encoded without adding any.
 */
public final class ChatTemplate {
  private final String source;
  private final Root root;
  private final Limits limits;
  private volatile @Nullable ContentForm contentForm;

  private ChatTemplate(String source, Root root, Limits limits) {
    this.source = source;
    this.root = root;
    this.limits = limits;
  }

  /**
   * Compiles a template.
   *
   * @throws TemplateException with the line if it is no valid template
   */
  public static ChatTemplate compile(String source) {
    return compile(source, Limits.DEFAULT);
  }

  /** Compiles a template that may use less or more than usual. */
  public static ChatTemplate compile(String source, Limits limits) {
    try {
      return new ChatTemplate(source, TemplateEngine.compile(source), limits);
    } catch (StackOverflowError e) {
      throw new TemplateException("the template is nested too deeply");
    }
  }

  /**
   * Renders a conversation.
   *
   * @param clock what {@code strftime_now} shows
   * @throws TemplateException if the template refuses it, fails, or exceeds its limits
   */
  public String render(Conversation conversation, SpecialTokens specialTokens, Clock clock) {
    return render(conversation.variables(specialTokens), clock);
  }

  /** Renders with these variables and no others. */
  public String render(Map<String, ? extends @Nullable Object> variables, Clock clock) {
    Budget budget = new Budget(limits);
    Map<String, Object> values = Globals.at(() -> LocalDateTime.now(clock));
    variables.forEach((name, value) -> values.put(name, Values.of(value, budget)));
    try {
      return TemplateEngine.render(root, Scope.root(budget, values));
    } catch (TemplateException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw new TemplateException("the template nests or recurses too deeply");
    } catch (RuntimeException e) {
      throw new TemplateException("the template cannot be rendered: " + e);
    }
  }

  /** The text of the template. */
  public String source() {
    return source;
  }

  /** Whether the template says anything of a role. */
  boolean mentions(String role) {
    return source.contains(role);
  }

  /** How the template takes the content of messages; found out by trying, once. */
  ContentForm contentForm() {
    ContentForm known = contentForm;
    if (known == null) {
      known = ContentForm.of(this);
      contentForm = known;
    }
    return known;
  }
}
