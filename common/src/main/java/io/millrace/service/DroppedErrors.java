package io.millrace.service;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Hooks;

/**
 * Errors that nobody waits for any more ("dropped", as Reactor calls them). Netty tells a reset
 * connection once to the reader of the body and again when the answer cannot be written, when that
 * reader has ended: a client that leaves is no error of the server's. All others are.
 */
final class DroppedErrors {
  private static final Logger log = LoggerFactory.getLogger(DroppedErrors.class);

  private DroppedErrors() {}

  /** Has them told to the log; to be called once in a process. */
  static void install() {
    Hooks.onErrorDropped(DroppedErrors::tell);
  }

  static void tell(Throwable e) {
    if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
      log.debug("a client has left: {}", e.getMessage());
    } else {
      log.error("an error came after the end", e);
    }
  }
}
