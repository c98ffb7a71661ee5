/** What the schemas of a request's tools say of their parameters. */
@NullMarked
package io.millrace.toolparser.schema;

import org.jspecify.annotations.NullMarked;
