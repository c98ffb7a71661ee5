package io.millrace.endtoend.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The clients of a run, each of which asks one question after the other. */
final class Load implements AutoCloseable {
  private final ChaosOptions options;
  private final Tally tally;
  private final Installation installation;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final List<Future<?>> clients = new ArrayList<>();
  private final Map<Question, String> answers = new HashMap<>();
  private final Jobs jobs;
  private final ReplyTopic replies;

  /** One client; asks a question, and checks the answer. */
  interface Client extends AutoCloseable {
    void ask(Question question, String answer) throws Exception;

    @Override
    default void close() {}
  }

  Load(ChaosOptions options, Installation installation, Tally tally) {
    this.options = options;
    this.tally = tally;
    this.installation = installation;
    this.jobs = new Jobs(installation.apis(), tally, options.deadline());
    this.replies = new ReplyTopic(installation.bootstrapServers(), options.count(Asker.PROGRAM));
  }

  /** Asks each question while nothing is disturbed. */
  void learn() throws Exception {
    replies.create();
    Map<Question, Future<String>> asked = new HashMap<>();
    for (Question question : Question.all()) {
      Callable<String> ask = () -> stream().answer(question);
      asked.put(question, threads.submit(ask));
    }
    for (var each : asked.entrySet()) {
      String answer = each.getValue().get();
      if (answer.isEmpty()) {
        throw new IllegalStateException("no answer to " + each.getKey());
      }
      answers.put(each.getKey(), answer);
    }
    tally.say("undisturbed answers: " + answers.size());
  }

  private StreamClient stream() {
    return new StreamClient(installation.apis(), tally, options.deadline());
  }

  /** Begins to ask. */
  void start() {
    for (int i = 0; i < options.count(Asker.STREAM); i++) {
      begin(stream(), List.of(Form.values()));
    }
    for (int i = 0; i < options.count(Asker.JOB); i++) {
      begin(jobs::ask, List.of(Form.values()));
    }
    for (int i = 0; i < options.count(Asker.PROGRAM); i++) {
      begin(
          new ProgramClient(
              installation.bootstrapServers(),
              Installation.MODEL,
              replies,
              i,
              tally,
              options.deadline()),
          List.of(Form.COMPLETIONS));
    }
  }

  private void begin(Client client, List<Form> forms) {
    List<Question> questions =
        answers.keySet().stream().filter(question -> forms.contains(question.form())).toList();
    Callable<Void> loop =
        () -> {
          try (client) {
            while (!ending.get()) {
              Question question =
                  questions.get(ThreadLocalRandom.current().nextInt(questions.size()));
              client.ask(question, answers.get(question));
              pause();
            }
          }
          return null;
        };
    clients.add(threads.submit(loop));
  }

  private void pause() throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(1 + options.thinkTime().toMillis()));
  }

  /** Asks no more, and waits for the answers to what was asked. */
  void finish() throws Exception {
    ending.set(true);
    Duration most = options.deadline().multipliedBy(3);
    for (Future<?> client : clients) {
      client.get(most.toMillis(), TimeUnit.MILLISECONDS);
    }
    jobs.checkAgain();
    replies.checkAgain(tally);
  }

  @Override
  public void close() {
    ending.set(true);
    threads.shutdownNow();
  }
}
