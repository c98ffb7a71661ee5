package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * The problem of a request that failed.
 *
 * @param kind whose fault it is, and whether asking again may help
 * @param message one sentence for the client
 * @param param the field at fault, if it is one
 */
@JsonInclude(Include.NON_NULL)
public record Problem(
    @Required FailureKind kind, @Required String message, @Nullable String param) {}
