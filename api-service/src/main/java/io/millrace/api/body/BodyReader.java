package io.millrace.api.body;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.Invalid;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The reader of JSON objects sent by clients. The Content-Type is not looked at: {@code curl -d}
 * without a header claims that the body is a form.
 */
public final class BodyReader {
  private static final int MOST_BYTES = KafkaCluster.MAX_RECORD_BYTES;

  private static final BodyMemory MEMORY = new BodyMemory(64 << 20, 16 << 10);

  private BodyReader() {}

  /**
   * Reads the body on subscription, and parses it off the event loop. Fails with {@link Invalid} if
   * it is no JSON object, with status 413 if it is too large for a record, packed or not, and with
   * 415 if it is packed in a way that is not known.
   */
  public static Mono<JsonBody> read(ServerHttpRequest request) {
    if (request.getHeaders().getContentLength() > MOST_BYTES) {
      return Mono.error(tooLarge());
    }
    return Mono.fromSupplier(() -> ContentCoding.of(request.getHeaders()))
        .flatMap(
            coding ->
                whole(request.getBody())
                    .publishOn(Schedulers.boundedElastic())
                    .flatMap(body -> decoded(coding, body)))
        .map(JsonBody::parse);
  }

  private static Mono<byte[]> decoded(ContentCoding coding, byte[] body) {
    return coding == ContentCoding.NONE
        ? Mono.just(body)
        : whole(coding.decoded(body, DefaultDataBufferFactory.sharedInstance));
  }

  private static Mono<byte[]> whole(Flux<DataBuffer> body) {
    return DataBufferUtils.join(MEMORY.hold(body), MOST_BYTES)
        .map(BodyReader::bytes)
        .defaultIfEmpty(new byte[0])
        .onErrorMap(DataBufferLimitException.class, e -> tooLarge());
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private static ResponseStatusException tooLarge() {
    return new ResponseStatusException(
        HttpStatus.CONTENT_TOO_LARGE, "the body may have at most %d bytes".formatted(MOST_BYTES));
  }
}
