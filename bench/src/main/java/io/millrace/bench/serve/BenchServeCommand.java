package io.millrace.bench.serve;

import io.millrace.cli.CommandLines;
import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.models.hub.ConsoleProgress;
import io.millrace.models.hub.ModelNotFound;
import io.millrace.models.hub.ModelResolver;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code bench serve} command, which measures a server over HTTP. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Sends requests to an OpenAI-style server and tells throughput and latencies, with the flags,"
          + " the words and the keys of 'vllm bench serve'.",
      "Ends with 0 unless every request failed."
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BenchServeCommand.class);

  @Spec private CommandSpec spec;
  @Mixin private TargetOptions target = new TargetOptions();
  @Mixin private DatasetOptions dataset = new DatasetOptions();
  @Mixin private LoadOptions rate = new LoadOptions();
  @Mixin private ReportOptions report = new ReportOptions();

  @Override
  public Integer call() {
    target.validate();
    dataset.validate();
    rate.validate();
    report.validate();
    try (ModelText text = text();
        Server server = new Server(target.headers())) {
      int count = dataset.numPrompts();
      List<PromptRequest> prompts = Workload.of(dataset, count + 1, text.tokenizer());
      tellLengths(prompts.subList(0, count));
      String model = model(server);
      Load sent = run(server, model, prompts.subList(0, count), prompts.get(count));
      Load load =
          new Load(
              OutputTokens.counted(sent.outcomes(), text.tokenizer()),
              sent.queueTimes(),
              sent.duration());
      return tell(model, load);
    }
  }

  private ModelText text() {
    try {
      return ModelText.load(
          ModelResolver.fromEnvironment(
                  ServedModel.DEFAULT_MODEL, ConsoleProgress.onStandardError())
              .resolve(dataset.tokenizer()));
    } catch (ModelNotFound e) {
      throw new StartFailure(String.valueOf(e.getMessage()), e);
    } catch (BadCheckpoint e) {
      throw new StartFailure(
          "--tokenizer %s: %s".formatted(dataset.tokenizer(), e.getMessage()), e);
    }
  }

  private String model(Server server) {
    String named = target.model();
    if (named != null) {
      return named;
    }
    URI models = target.uri("/v1/models");
    if (rate.readyCheckTimeoutSec() > 0) {
      ReadyCheck.await(() -> server.whyNoModel(models), rate.readyCheckTimeoutSec());
    }
    return server.firstModel(models);
  }

  private static void tellLengths(List<PromptRequest> prompts) {
    log.info(
        "{} prompts of {} tokens, answers of {} at most",
        prompts.size(),
        prompts.stream().mapToLong(PromptRequest::promptTokens).sum(),
        prompts.stream().mapToLong(PromptRequest::outputTokens).sum());
  }

  /**
   * Sends all requests.
   *
   * @param spare request that is sent before the measurement; it is unlike the others, so that no
   *     cache of prompts knows those
   */
  private Load run(Server server, String model, List<PromptRequest> prompts, PromptRequest spare) {
    RequestBody body =
        new RequestBody(
            target.backend(),
            model,
            dataset.asIds(),
            target.ignoreEos() || dataset.isRandom(),
            target.extraBody());
    HttpRequest first = server.post(target.endpoint(), body.of(spare));
    if (rate.readyCheckTimeoutSec() > 0) {
      ReadyCheck.await(() -> server.send(first, 0).join().error(), rate.readyCheckTimeoutSec());
    }
    Load.run(new double[rate.numWarmups()], rate.maxConcurrency(), i -> server.send(first, 0));
    // Made before the clock starts.
    List<HttpRequest> requests =
        prompts.stream().map(prompt -> server.post(target.endpoint(), body.of(prompt))).toList();
    double[] arrivals =
        Arrivals.times(
            requests.size(), rate.requestRate(), rate.burstiness(), new Random(~dataset.seed()));
    log.info("sending");
    return Load.run(
        arrivals,
        rate.maxConcurrency(),
        i -> server.send(requests.get(i), prompts.get(i).promptTokens()));
  }

  private int tell(String model, Load load) {
    tellFailures(load.outcomes());
    ServeMetrics metrics = ServeMetrics.of(load.outcomes(), load.duration(), report.limits());
    ServeReport told =
        new ServeReport(
            metrics,
            rate.requestRate(),
            rate.maxConcurrency(),
            report.metrics(),
            report.percentiles(),
            !report.limits().isEmpty());
    ServeResult result =
        new ServeResult(
            LocalDateTime.now(ZoneId.systemDefault()),
            model,
            target,
            dataset,
            rate,
            report,
            told,
            load);
    spec.commandLine().getOut().println(report.json() ? result.json() : told.toString());
    if (report.saveResult()) {
      log.info("result in {}", result.save());
    }
    return metrics.completed() > 0 ? 0 : 1;
  }

  private void tellFailures(List<Outcome> outcomes) {
    List<Integer> failed =
        IntStream.range(0, outcomes.size())
            .filter(i -> !outcomes.get(i).succeeded())
            .boxed()
            .toList();
    if (!failed.isEmpty()) {
      int first = failed.get(0);
      spec.commandLine()
          .getErr()
          .println(
              "%d of %d requests failed; number %d first: %s"
                  .formatted(
                      failed.size(), outcomes.size(), first + 1, outcomes.get(first).error()));
    }
  }
}
