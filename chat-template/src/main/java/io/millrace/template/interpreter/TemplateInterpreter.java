package io.millrace.template.interpreter;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.tree.Node;
import io.millrace.template.TemplateException;
import io.millrace.template.expression.Scope;
import io.millrace.template.limit.Budget;
import io.millrace.template.limit.Limits;
import io.millrace.template.tag.TemplateParser;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.RenderContext;
import io.millrace.template.tree.Root;
import io.millrace.template.value.Text;
import io.millrace.template.value.Values;
import java.util.HashMap;

/**
 * Jinjava's interpreter with Python's values for its own. Each renders one conversation, and the
 * first error ends it, where Jinjava would collect errors and go on.
 */
final class TemplateInterpreter extends JinjavaInterpreter implements RenderContext {
  private Scope scope = Scope.root(new Budget(Limits.DEFAULT), new HashMap<>());
  private Output output = new Output(scope.budget());

  TemplateInterpreter(Jinjava application, Context context, JinjavaConfig config) {
    super(application, context, config);
  }

  /** Renders a template with these variables. */
  String render(Root template, Scope variables) {
    scope = template.enter(variables);
    output = new Output(variables.budget());
    return render(template, false);
  }

  @Override
  public Node parse(String template) {
    return TemplateParser.parse(template);
  }

  @Override
  public Scope scope() {
    return scope;
  }

  @Override
  public Output output() {
    return output;
  }

  /** What Python prints. */
  @Override
  public String getAsString(Object value) {
    return Text.str(Values.of(value, scope.budget()), scope.budget());
  }

  /**
   * No node of ours asks: their expressions are compiled. Jinjava's language stays out of reach.
   */
  @Override
  public Object resolveELExpression(String expression, int lineNumber) {
    throw new UnsupportedOperationException("expressions are compiled with their template");
  }

  @Override
  public void addError(TemplateError error) {
    throw new TemplateException(error.getMessage()).at(error.getLineno());
  }
}
