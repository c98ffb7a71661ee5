package io.millrace.api.batches;

import io.millrace.api.batches.LineReader.Line;
import io.millrace.api.options.ApiOptions;
import io.millrace.kafka.KafkaCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * The driver of batches: takes one from where it is to its end, on the thread that calls. It has
 * the lock of the batch, and goes on with whatever another one has left.
 */
@Component
final class BatchDriver {
  private static final Logger log = LoggerFactory.getLogger(BatchDriver.class);

  /** How long what a driver has written to Kafka takes to be heard of after it has died. */
  private static final Duration HEARSAY = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int FEW = 8;

  private final BatchStore store;
  private final BatchValidator validator;
  private final LineAnswers answers;
  private final int window;

  BatchDriver(BatchStore store, BatchValidator validator, LineAnswers answers, ApiOptions options) {
    this.store = store;
    this.validator = validator;
    this.answers = answers;
    this.window = options.batches().window();
  }

  /** Drives a batch to its end. */
  void drive(BatchFolder folder) throws IOException, InterruptedException {
    BatchRecord batch = folder.read();
    if (batch.status() == BatchStatus.VALIDATING) {
      batch = validated(folder, batch);
    } else if (batch.status() == BatchStatus.IN_PROGRESS) {
      log.info("{} goes on here", batch.id());
      TimeUnit.MILLISECONDS.sleep(HEARSAY.toMillis());
    }
    if (batch.status() == BatchStatus.IN_PROGRESS) {
      batch = answered(folder, batch);
    }
    if (batch.status() == BatchStatus.FINALIZING) {
      batch = ended(folder, batch);
    }
    Files.deleteIfExists(folder.input());
  }

  private BatchRecord validated(BatchFolder folder, BatchRecord batch) throws IOException {
    BatchValidator.Result result;
    try (LineReader input = input(folder)) {
      result = validator.check(input, batch.endpoint());
    }
    BatchRecord after =
        result.errors().isEmpty()
            ? batch.with(batch.progress().begun(result.total()))
            : batch.failed(result.errors());
    folder.write(after);
    return after;
  }

  private static LineReader input(BatchFolder folder) throws IOException {
    return new LineReader(folder.input(), KafkaCluster.MAX_RECORD_BYTES);
  }

  private BatchRecord answered(BatchFolder folder, BatchRecord batch) throws IOException {
    CancelSignal cancel = new CancelSignal();
    Disposable.Swap watch = Disposables.swap();
    try (LineReader input = input(folder);
        BatchOutput output = new BatchOutput(folder.output(), folder.errors());
        BatchProgress progress = new BatchProgress(folder, batch, output)) {
      look(folder, cancel, progress);
      watch.update(
          Flux.interval(LOOK, Schedulers.boundedElastic())
              .onBackpressureDrop()
              .subscribe(tick -> look(folder, cancel, progress)));
      answer(batch, input, output, cancel);
      BatchStatus how =
          cancel.isGiven()
              ? BatchStatus.CANCELLED
              : output.isExpired() ? BatchStatus.EXPIRED : BatchStatus.COMPLETED;
      progress.close();
      BatchRecord after = batch.with(progress.now()).finalizing(how);
      folder.write(after);
      return after;
    } finally {
      watch.dispose();
    }
  }

  private static void look(BatchFolder folder, CancelSignal cancel, BatchProgress progress) {
    try {
      if (folder.cancelled() != null) {
        cancel.give();
      }
      progress.tell();
    } catch (IOException e) {
      log.warn("{} cannot be read or written: {}", folder.path(), e.toString());
    }
  }

  private void answer(
      BatchRecord batch, LineReader input, BatchOutput output, CancelSignal cancel) {
    BitSet done = output.done();
    Flux.generate((SynchronousSink<Line> sink) -> read(input, sink))
        // What is read is read by one thread, and what is written by another one.
        .subscribeOn(Schedulers.boundedElastic())
        .filter(line -> !done.get(line.number()))
        .flatMap(
            line -> answers.answer(batch, BatchLine.of(line, batch.endpoint()), cancel), window, 1)
        .publishOn(Schedulers.boundedElastic(), FEW)
        .doOnNext(output::add)
        .blockLast();
  }

  private static void read(LineReader input, SynchronousSink<Line> sink) {
    try {
      Line line = input.next();
      if (line == null) {
        sink.complete();
      } else {
        sink.next(line);
      }
    } catch (IOException e) {
      sink.error(e);
    }
  }

  private BatchRecord ended(BatchFolder folder, BatchRecord batch) throws IOException {
    BatchRecord.Progress progress = batch.progress();
    String output = publish(batch, "output", folder.output(), progress.completed());
    String errors = publish(batch, "error", folder.errors(), progress.failed());
    BatchStatus how = batch.outcome() == null ? BatchStatus.COMPLETED : batch.outcome();
    BatchRecord after = batch.ended(how, output, errors);
    folder.write(after);
    log.info(
        "{} is {}: {} of {} answered, {} not",
        batch.id(),
        how.label(),
        progress.completed(),
        progress.total(),
        progress.failed());
    return after;
  }

  private @Nullable String publish(BatchRecord batch, String kind, Path content, int lines)
      throws IOException {
    if (lines == 0) {
      Files.deleteIfExists(content);
      return null;
    }
    String id = batch.fileId(kind);
    Instant now = Instant.now();
    Long seconds = batch.outputSeconds();
    store.publish(
        id,
        batch.id() + "_" + kind + ".jsonl",
        now,
        seconds == null ? null : now.plusSeconds(seconds),
        content);
    return id;
  }
}
