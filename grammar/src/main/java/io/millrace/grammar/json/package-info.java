/** The words of JSON as languages of bytes. */
@NullMarked
package io.millrace.grammar.json;

import org.jspecify.annotations.NullMarked;
