package io.millrace.standalone;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import picocli.CommandLine;

/** A worker with a scripted engine. */
final class WorkerFixture implements AutoCloseable {
  final ScriptedEngine engine = new ScriptedEngine();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final WorkerService service;

  WorkerFixture(KafkaOptions kafka, String model, String... flags) {
    WorkerOptions options = new WorkerOptions();
    new CommandLine(options).parseArgs(flags);
    service = WorkerService.start(options, kafka, engine, model, meters, new LocalReplies());
  }

  double count(String meter) {
    return meters.get(meter).counter().count();
  }

  @Override
  public void close() {
    engine.held().forEach(engine::finish);
    service.close();
    engine.close();
  }
}
