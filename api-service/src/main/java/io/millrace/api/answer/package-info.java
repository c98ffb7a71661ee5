/**
 * The way of every question through HTTP: body in, answer out, whole or as server-sent events. What
 * a body says and how an answer looks is left to each surface.
 */
@NullMarked
package io.millrace.api.answer;

import org.jspecify.annotations.NullMarked;
