package io.millrace.template.tag;

import io.millrace.template.tree.Statement;

/** Reads one tag, whose name has been read, up to the end of the last of its blocks. */
@FunctionalInterface
interface TagSyntax {
  Statement parse(TemplateParser parser, int line);
}
