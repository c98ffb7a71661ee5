package io.millrace.template.tag;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All tags by name. */
final class Tags {
  private static final Map<String, TagSyntax> TAGS = new HashMap<>();

  static {
    TAGS.put("if", IfTag::parse);
    TAGS.put("for", ForTag::parse);
    TAGS.put("break", LoopControlTag::parseBreak);
    TAGS.put("continue", LoopControlTag::parseContinue);
    TAGS.put("set", SetTag::parse);
    TAGS.put("macro", MacroTag::parse);
    TAGS.put("call", CallTag::parse);
    TAGS.put("filter", FilterTag::parse);
    TAGS.put("generation", GenerationTag::parse);
    TAGS.put("autoescape", AutoescapeTag::parse);
    TAGS.put("block", BlockTag::parse);
    TAGS.put("with", WithTag::parse);
    TAGS.put("print", PrintTag::parse);
    TAGS.put("include", LoadTag::parseInclude);
    TAGS.put("import", LoadTag::parseImport);
    TAGS.put("from", LoadTag::parseFrom);
    TAGS.put("extends", LoadTag::parseExtends);
  }

  private Tags() {}

  static @Nullable TagSyntax named(String name) {
    return TAGS.get(name);
  }
}
