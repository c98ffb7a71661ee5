package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** The threads on which streams are written. */
final class EventLoopsTest {
  private static final int PIECES = 500;

  private final ConcurrentLinkedQueue<String> threads = new ConcurrentLinkedQueue<>();

  @Test
  void piecesFromAnyThread_areWrittenOnTheConnectionsOwn() {
    String expected = String.join("", IntStream.range(0, PIECES).mapToObj(i -> i + "\n").toList());
    HttpHandler handler =
        (request, response) -> {
          var decorated = new ServerHttpResponseDecorator(response);
          Flux<String> pieces =
              Flux.range(0, PIECES)
                  .map(i -> i + "\n")
                  .publishOn(Schedulers.parallel())
                  .publishOn(EventLoops.of(decorated), 1)
                  .doOnNext(piece -> threads.add(Thread.currentThread().getName()));
          return decorated.writeAndFlushWith(
              pieces.map(
                  piece ->
                      Mono.just(
                          response.bufferFactory().wrap(piece.getBytes(StandardCharsets.UTF_8)))));
        };
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(new ReactorHttpHandlerAdapter(handler))
            .bindNow();
    try {
      String told =
          HttpClient.create()
              .get()
              .uri("http://127.0.0.1:" + server.port())
              .responseContent()
              .aggregate()
              .asString()
              .block();
      assertThat(told).isEqualTo(expected);
    } finally {
      server.disposeNow();
    }
    assertThat(threads).hasSize(PIECES).allMatch(name -> name.startsWith("reactor-http-"));
    assertThat(List.copyOf(threads).stream().distinct()).hasSize(1);
  }
}
