/**
 * Jinja2's expression language: its grammar (jinja2.parser), and a tree that evaluates itself over
 * Python values. Nothing is ever evaluated but what the template's own text says.
 */
@NullMarked
package io.millrace.template.expression;

import org.jspecify.annotations.NullMarked;
