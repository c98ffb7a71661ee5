/**
 * The JSON Schemas of the records, generated when this module is built, from the records' types,
 * annotations and Javadoc. No part of the jar.
 */
@NullMarked
package io.millrace.protocol.schema;

import org.jspecify.annotations.NullMarked;
