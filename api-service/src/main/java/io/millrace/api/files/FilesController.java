package io.millrace.api.files;

import io.millrace.api.body.ListParameters;
import io.millrace.api.body.ObjectList;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** OpenAI's endpoints for files. */
@RestController
record FilesController(FileStore store, Upload upload) {
  private static final Set<String> PARAMETERS = Set.of("purpose", "limit", "order", "after");
  private static final int MOST = 10_000;
  private static final int PIECE_BYTES = 64 << 10;

  @PostMapping("/v1/files")
  Mono<FileObject> add(ServerWebExchange http) {
    return upload.read(http.getRequest(), this::add).map(FileObject::of);
  }

  private StoredFile add(Upload.Form form) {
    Instant now = Instant.now();
    Duration kept = expiresAfter(form.fields());
    StoredFile file =
        new StoredFile(
            FileStore.newId(),
            form.filename(),
            purpose(form.fields().get("purpose")),
            form.bytes(),
            now,
            kept == null ? null : now.plus(kept));
    store.add(file, form.content());
    return file;
  }

  private static @Nullable Duration expiresAfter(Map<String, String> fields) {
    return ExpiresAfter.of(
        "expires_after", fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]"));
  }

  private static String purpose(@Nullable String said) {
    if (said == null) {
      throw new Invalid("purpose", "purpose is required: \"%s\"".formatted(StoredFile.BATCH));
    }
    if (!said.equals(StoredFile.BATCH)) {
      throw new Invalid(
          "purpose",
          "purpose must be \"%s\", as files are for batches alone here, but is \"%s\""
              .formatted(StoredFile.BATCH, Excerpt.of(said)));
    }
    return said;
  }

  @GetMapping("/v1/files")
  Mono<ObjectList<FileObject>> list(ServerWebExchange http) {
    return onDisk(() -> list(http.getRequest().getQueryParams()));
  }

  private ObjectList<FileObject> list(MultiValueMap<String, String> query) {
    ListParameters parameters = ListParameters.of(query, PARAMETERS);
    int limit = parameters.limit(MOST, MOST);
    String purpose = parameters.get("purpose");
    List<StoredFile> files = store.list();
    if (isDescending(parameters.get("order"))) {
      Collections.reverse(files);
    }
    List<FileObject> found =
        parameters.rest(files, StoredFile::id, "file").stream()
            .filter(file -> purpose == null || purpose.equals(file.purpose()))
            .limit(limit + 1L)
            .map(FileObject::of)
            .toList();
    return ObjectList.of(found, limit, FileObject::id);
  }

  private static boolean isDescending(@Nullable String order) {
    if (order != null && !order.equals("asc") && !order.equals("desc")) {
      throw new Invalid(
          "order", "order must be \"asc\" or \"desc\", but is \"%s\"".formatted(Excerpt.of(order)));
    }
    return !"asc".equals(order);
  }

  @GetMapping("/v1/files/{id}")
  Mono<FileObject> show(@PathVariable String id) {
    return onDisk(() -> FileObject.of(store.require(id)));
  }

  @DeleteMapping("/v1/files/{id}")
  Mono<FileObject.Deleted> delete(@PathVariable String id) {
    return onDisk(
        () -> {
          store.delete(store.require(id).id());
          return new FileObject.Deleted(id, "file", true);
        });
  }

  @GetMapping("/v1/files/{id}/content")
  Mono<Void> content(@PathVariable String id, ServerHttpResponse response) {
    return onDisk(() -> store.require(id))
        .flatMap(
            file -> {
              response.getHeaders().setContentType(MediaType.APPLICATION_OCTET_STREAM);
              response.getHeaders().setContentLength(file.bytes());
              return response.writeWith(
                  DataBufferUtils.read(
                      store.content(file.id()), response.bufferFactory(), PIECE_BYTES));
            });
  }

  private static <T> Mono<T> onDisk(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }
}
