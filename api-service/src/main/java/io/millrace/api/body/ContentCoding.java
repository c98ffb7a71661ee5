package io.millrace.api.body;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;

/** The compression of a body ({@code Content-Encoding}). */
enum ContentCoding {
  NONE,
  GZIP,
  DEFLATE;

  private static final int PART_BYTES = 64 << 10;
  private static final String TAKEN = "gzip, deflate";

  /**
   * The coding that the headers of a request tell.
   *
   * @throws ResponseStatusException with status 415 if it is another one, or several
   */
  static ContentCoding of(HttpHeaders headers) {
    List<String> codings =
        headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING).stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .filter(value -> !value.isEmpty() && !value.equals("identity"))
            .toList();
    if (codings.isEmpty()) {
      return NONE;
    }
    return switch (codings.size() == 1 ? codings.get(0) : "") {
      case "gzip", "x-gzip" -> GZIP;
      case "deflate" -> DEFLATE;
      default -> throw refusal(String.join(", ", codings));
    };
  }

  private static ResponseStatusException refusal(String codings) {
    return new UnknownCoding(
        "Content-Encoding must be gzip or deflate, but is " + Excerpt.of(codings));
  }

  /** The body unpacked, part by part as far as it is asked for. */
  Flux<DataBuffer> decoded(byte[] body, DataBufferFactory buffers) {
    return DataBufferUtils.readInputStream(() -> unpacked(body), buffers, PART_BYTES)
        .onErrorMap(ZipException.class, this::damaged)
        .onErrorMap(EOFException.class, this::damaged);
  }

  private InputStream unpacked(byte[] body) throws IOException {
    InputStream packed = new ByteArrayInputStream(body);
    return switch (this) {
      case NONE -> packed;
      case GZIP -> body.length == 0 ? packed : new GZIPInputStream(packed);
      case DEFLATE -> body.length == 0 ? packed : inflated(packed, !hasZlibHeader(body));
    };
  }

  /** Some clients send what HTTP calls deflate, others what its name says, which has no header. */
  private static boolean hasZlibHeader(byte[] body) {
    int deflated = 8;
    return body.length > 1
        && (body[0] & 0xF) == deflated
        && ((body[0] & 0xFF) << 8 | body[1] & 0xFF) % 31 == 0;
  }

  private static InputStream inflated(InputStream packed, boolean raw) {
    Inflater inflater = new Inflater(raw);
    return new InflaterInputStream(packed, inflater) {
      @Override
      public void close() throws IOException {
        super.close();
        inflater.end();
      }
    };
  }

  private static final class UnknownCoding extends ResponseStatusException {
    UnknownCoding(String reason) {
      super(HttpStatus.UNSUPPORTED_MEDIA_TYPE, reason);
    }

    @Override
    public HttpHeaders getHeaders() {
      HttpHeaders headers = new HttpHeaders();
      headers.set(HttpHeaders.ACCEPT_ENCODING, TAKEN);
      return headers;
    }
  }

  private Invalid damaged(Throwable e) {
    return new Invalid(
        null, "the body is not valid " + name().toLowerCase(Locale.ROOT) + ": " + e.getMessage());
  }
}
