package io.millrace.service;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * An address that a service listens on, with the flags that set it.
 *
 * @param port 0 for any free one
 */
public record ListenAddress(String hostFlag, String host, String portFlag, int port) {

  /**
   * Refuses an address that cannot be listened on, before what takes long is done.
   *
   * @throws StartFailure naming the flag
   */
  public void requireFree() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw refusal(e);
    }
  }

  /** The refusal of an address that could not be listened on. */
  StartFailure refusal(Throwable e) {
    String reason = String.valueOf(e.getMessage());
    return reason.contains("in use")
        ? new StartFailure("%s %d is in use".formatted(portFlag, port), e)
        : new StartFailure(
            "%s: cannot listen on %s port %d: %s".formatted(hostFlag, host, port, reason), e);
  }
}
