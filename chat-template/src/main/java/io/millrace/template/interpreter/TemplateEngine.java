package io.millrace.template.interpreter;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import io.millrace.template.expression.Scope;
import io.millrace.template.tag.TemplateParser;
import io.millrace.template.tree.Root;

/** Compiles templates, and has Jinjava render them with our interpreter. */
public final class TemplateEngine {
  private static final Jinjava JINJAVA =
      new Jinjava(
          JinjavaConfig.newBuilder()
              .withInterperterFactory(new Interpreters())
              .withNestedInterpretationEnabled(false)
              .build());

  private TemplateEngine() {}

  /**
   * Parses a template.
   *
   * @throws io.millrace.template.TemplateException if it is no valid template
   */
  public static Root compile(String source) {
    return TemplateParser.parse(source);
  }

  /**
   * Renders a compiled template.
   *
   * @throws io.millrace.template.TemplateException if it fails, or refuses
   */
  public static String render(Root template, Scope variables) {
    JinjavaConfig config = JINJAVA.getGlobalConfig();
    // A context of its own: Jinjava notes in it where it is.
    Context context = new Context(JINJAVA.getGlobalContext());
    var interpreter =
        (TemplateInterpreter) config.getInterpreterFactory().newInstance(JINJAVA, context, config);
    return interpreter.render(template, variables);
  }

  private static final class Interpreters implements InterpreterFactory {
    @Override
    public JinjavaInterpreter newInstance(JinjavaInterpreter origin) {
      return new TemplateInterpreter(JINJAVA, new Context(origin.getContext()), origin.getConfig());
    }

    @Override
    public JinjavaInterpreter newInstance(
        Jinjava application, Context context, JinjavaConfig config) {
      return new TemplateInterpreter(application, context, config);
    }
  }
}
