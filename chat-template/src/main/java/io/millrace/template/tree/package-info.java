/**
 * A compiled template as a tree of Jinjava's nodes, and the interpreter that Jinjava walks it with.
 * Of Jinjava only the tree, its walk and the plug for another interpreter are used: its lexer,
 * expression language, tags, filters and functions cannot be reached.
 */
@NullMarked
package io.millrace.template.tree;

import org.jspecify.annotations.NullMarked;
