package io.millrace.models.hub;

import java.net.URI;

/**
 * A file as the hub describes it before it is fetched.
 *
 * @param name its path within the repository
 * @param etag the content's SHA-256 for large files, git's hash for others, in hexadecimal
 * @param size bytes
 * @param location where the hub gives it out; from there a redirect leads to the content, by an
 *     address that may expire
 */
record RemoteFile(String name, String etag, long size, URI location) {}
