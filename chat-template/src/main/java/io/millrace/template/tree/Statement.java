package io.millrace.template.tree;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.output.OutputNode;
import com.hubspot.jinjava.tree.output.RenderedOutputNode;
import com.hubspot.jinjava.tree.parse.DefaultTokenScannerSymbols;
import com.hubspot.jinjava.tree.parse.TextToken;
import com.hubspot.jinjava.tree.parse.TokenScannerSymbols;
import io.millrace.template.TemplateException;
import io.millrace.template.expression.Scope;

/**
 * A piece of a template that writes text or changes variables. Jinjava renders those at the top;
 * they run those within them. Immutable once it is parsed, so that threads can share it.
 */
public abstract class Statement extends Node {
  private static final TokenScannerSymbols SYMBOLS = new DefaultTokenScannerSymbols();

  protected Statement(int line) {
    super(new TextToken("", line, 0, SYMBOLS), line, 0);
  }

  /** Writes what the statement gives. */
  protected abstract Flow run(Scope scope, Output output);

  /** Runs it as one step of the budget; an error gets its line. */
  public final Flow execute(Scope scope, Output output) {
    try {
      scope.budget().step();
      return run(scope, output);
    } catch (TemplateException e) {
      throw e.at(getLineNumber());
    }
  }

  @Override
  public final OutputNode render(JinjavaInterpreter interpreter) {
    RenderContext own = (RenderContext) interpreter;
    int before = own.output().length();
    execute(own.scope(), own.output());
    return new RenderedOutputNode(own.output().since(before));
  }

  @Override
  public final String getName() {
    return getClass().getSimpleName();
  }
}
