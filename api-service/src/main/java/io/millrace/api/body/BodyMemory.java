package io.millrace.api.body;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;

/**
 * The memory of bodies that are on their way, which those that are sent in part only must not take
 * up. The beginning of each is free, so that large ones keep no small ones out.
 */
final class BodyMemory {
  private final long mostBytes;
  private final int freeBytes;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param mostBytes of all bodies, but for what is free
   * @param freeBytes of each body
   */
  BodyMemory(long mostBytes, int freeBytes) {
    this.mostBytes = mostBytes;
    this.freeBytes = freeBytes;
  }

  /** The same body, held until it ends; fails with status 503 when there is no memory for more. */
  Flux<DataBuffer> hold(Flux<DataBuffer> body) {
    return Flux.defer(
        () -> {
          AtomicLong read = new AtomicLong();
          return body.<DataBuffer>handle(
                  (part, sink) -> {
                    if (take(read, part.readableByteCount())) {
                      sink.next(part);
                    } else {
                      DataBufferUtils.release(part);
                      sink.error(full());
                    }
                  })
              .doFinally(end -> heldBytes.addAndGet(-counted(read.get())));
        });
  }

  private boolean take(AtomicLong read, int bytes) {
    long before = counted(read.get());
    long more = counted(read.addAndGet(bytes)) - before;
    return heldBytes.addAndGet(more) <= mostBytes || more == 0;
  }

  private long counted(long bytes) {
    return Math.max(0, bytes - freeBytes);
  }

  private static ResponseStatusException full() {
    return new ResponseStatusException(
        HttpStatus.SERVICE_UNAVAILABLE,
        "too many large bodies are being received; try again later");
  }
}
