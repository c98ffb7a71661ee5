package io.millrace.service;

/**
 * An address that a service listens on, with the flags that set it.
 *
 * @param port 0 for any free one
 */
public record ListenAddress(String hostFlag, String host, String portFlag, int port) {}
