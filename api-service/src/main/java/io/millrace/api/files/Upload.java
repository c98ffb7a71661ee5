package io.millrace.api.files;

import io.millrace.api.options.ApiOptions;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePartEvent;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.codec.multipart.PartEventHttpMessageReader;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The reader of a form with a file, which goes to the disk as it comes. */
@Component
final class Upload {
  private static final String FILE = "file";
  private static final Set<String> FIELDS =
      Set.of("purpose", "expires_after[anchor]", "expires_after[seconds]");
  private static final int MOST_PARTS = 16;
  private static final int MOST_FIELD_BYTES = 8 << 10;
  private static final int LONGEST_NAME = 255;

  private static final PartEventHttpMessageReader PARTS = new PartEventHttpMessageReader();

  static {
    PARTS.setMaxParts(MOST_PARTS);
    PARTS.setMaxInMemorySize(MOST_FIELD_BYTES);
  }

  private final FilesFolder folder;
  private final long mostBytes;

  Upload(FilesFolder folder, ApiOptions options) {
    this.folder = folder;
    this.mostBytes = options.batches().maxFileBytes();
  }

  /**
   * A form that has arrived.
   *
   * @param content where the file lies meanwhile
   */
  record Form(Path content, Map<String, String> fields, String filename, long bytes) {}

  /**
   * Reads a form once subscribed. Whoever takes it moves its content away before the taker
   * completes; what is left then is deleted.
   */
  <T> Mono<T> read(ServerHttpRequest request, Function<Form, T> taker) {
    MediaType type = request.getHeaders().getContentType();
    if (type == null || !MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
      throw new ResponseStatusException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "the body must be multipart/form-data with a file");
    }
    return Mono.using(
        folder::temporary,
        path ->
            form(request, path)
                .publishOn(Schedulers.boundedElastic())
                .map(taker)
                .onErrorMap(DecodingException.class, Upload::damaged)
                .onErrorMap(DataBufferLimitException.class, Upload::damaged),
        Upload::delete);
  }

  private Mono<Form> form(ServerHttpRequest request, Path path) {
    Map<String, String> fields = new HashMap<>();
    AtomicLong bytes = new AtomicLong();
    return PARTS
        .read(ResolvableType.forClass(PartEvent.class), request, Map.of())
        .windowUntil(PartEvent::isLast, false, 1)
        .concatMap(
            part -> part.switchOnFirst((first, all) -> part(first.get(), all, fields, path, bytes)),
            1)
        .then(Mono.fromSupplier(() -> form(path, fields, bytes.get())));
  }

  private Flux<Void> part(
      @Nullable PartEvent first,
      Flux<PartEvent> all,
      Map<String, String> fields,
      Path path,
      AtomicLong bytes) {
    if (first instanceof FilePartEvent file && file.name().equals(FILE)) {
      requireNew(FILE, fields);
      fields.put(FILE, file.filename());
      return write(all.map(PartEvent::content), path, bytes).flux();
    }
    if (first instanceof FormPartEvent field && FIELDS.contains(field.name())) {
      requireNew(field.name(), fields);
      fields.put(field.name(), field.value());
      return all.doOnNext(event -> DataBufferUtils.release(event.content())).thenMany(Flux.empty());
    }
    Flux<Void> none = first == null ? Flux.empty() : Flux.error(unknown(first));
    return all.doOnNext(event -> DataBufferUtils.release(event.content())).thenMany(none);
  }

  private static void requireNew(String name, Map<String, String> fields) {
    if (fields.containsKey(name)) {
      throw new Invalid(name, name + " may be there once, but comes again");
    }
  }

  private static Invalid unknown(PartEvent part) {
    String name = part.name();
    return new Invalid(
        name,
        name.equals(FILE)
            ? "file must be sent as a file, with a name"
            : "\"%s\" is no field of an upload; there are file, %s"
                .formatted(Excerpt.of(name), String.join(", ", new TreeSet<>(FIELDS))));
  }

  private Mono<Void> write(Flux<DataBuffer> content, Path path, AtomicLong bytes) {
    Flux<DataBuffer> limited =
        content.handle(
            (buffer, sink) -> {
              if (bytes.addAndGet(buffer.readableByteCount()) > mostBytes) {
                DataBufferUtils.release(buffer);
                sink.error(tooLarge());
              } else {
                sink.next(buffer);
              }
            });
    return DataBufferUtils.write(limited, path);
  }

  private ResponseStatusException tooLarge() {
    return new ResponseStatusException(
        HttpStatus.CONTENT_TOO_LARGE,
        "file may have at most %d bytes (--max-file-bytes)".formatted(mostBytes));
  }

  private static Form form(Path path, Map<String, String> fields, long bytes) {
    String filename = fields.remove(FILE);
    if (filename == null) {
      throw new Invalid(FILE, "file is required");
    }
    if (filename.length() > LONGEST_NAME) {
      throw new Invalid(
          FILE,
          "the name of file may have at most %d characters, but has %d"
              .formatted(LONGEST_NAME, filename.length()));
    }
    return new Form(path, fields, filename, bytes);
  }

  private static Invalid damaged(Throwable e) {
    return new Invalid(null, "the body is not valid multipart/form-data: " + e.getMessage());
  }

  private static void delete(Path left) {
    try {
      Files.deleteIfExists(left);
    } catch (IOException e) {
      // Swept later.
    }
  }
}
