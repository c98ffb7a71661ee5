package io.millrace.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class BodyMemoryTest {
  private static final int FREE = 10;

  private final BodyMemory memory = new BodyMemory(100, FREE);

  @Test
  void bodiesBeyondTheMemory_areRefused_untilAnotherEnds() {
    Sinks.Many<DataBuffer> other = Sinks.many().unicast().onBackpressureBuffer();
    var open = memory.hold(other.asFlux()).subscribe();
    other.tryEmitNext(bytes(60));
    other.tryEmitNext(bytes(50));
    StepVerifier.create(memory.hold(Flux.just(bytes(FREE + 1))))
        .verifyErrorSatisfies(
            e -> assertThat(e).hasMessageContaining("too many large bodies are being received"));
    StepVerifier.create(memory.hold(Flux.just(bytes(FREE)))).expectNextCount(1).verifyComplete();

    open.dispose();
    StepVerifier.create(memory.hold(Flux.just(bytes(FREE + 1))))
        .expectNextCount(1)
        .verifyComplete();
  }

  private static DataBuffer bytes(int count) {
    return DefaultDataBufferFactory.sharedInstance.wrap(new byte[count]);
  }
}
