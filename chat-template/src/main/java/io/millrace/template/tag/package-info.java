/**
 * The tags of Jinja2 as transformers sets it up, each with the grammar of its own, and the parser
 * that puts a template together from them.
 */
@NullMarked
package io.millrace.template.tag;

import org.jspecify.annotations.NullMarked;
