package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;

/**
 * A request as the admission queue sees it.
 *
 * @param model the served name
 * @param rank lower goes first, among those of one tenant
 * @param waits whether it waits for its turn; one that takes idle capacity alone takes none of
 *     others
 * @param tokens that it is expected to take
 * @param characters of its prompt
 */
public record AdmissionRequest(
    Tenant tenant, String model, long rank, boolean waits, long tokens, long characters) {}
