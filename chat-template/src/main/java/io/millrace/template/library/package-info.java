/**
 * The filters that follow {@code |}, the tests that follow {@code is}, and the global functions:
 * those of Jinja2 as transformers sets it up, and no others. (Of Jinja2's own {@code lipsum},
 * {@code pprint}, {@code striptags}, {@code urlize} and {@code wordwrap} are left out: they lay out
 * text for people and web pages.)
 */
@NullMarked
package io.millrace.template.library;

import org.jspecify.annotations.NullMarked;
