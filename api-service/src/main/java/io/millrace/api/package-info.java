/** The HTTP side: it knows requests and replies, and nothing of models. */
@NullMarked
package io.millrace.api;

import org.jspecify.annotations.NullMarked;
