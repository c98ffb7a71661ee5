package io.millrace.template.tag;

import io.millrace.template.tree.Statement;

/** The syntax of a tag: parses it from behind its name to the end of the last of its blocks. */
@FunctionalInterface
interface TagSyntax {
  Statement parse(TemplateParser parser, int line);
}
