package io.millrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SoakRequestsTest {
  private final SoakRequests requests = new SoakRequests(3, 40, 12, 8);

  @Test
  void equalSeeds_giveEqualRequests() {
    assertThat(requests.get(17)).isEqualTo(new SoakRequests(3, 40, 12, 8).get(17));
    assertThat(requests.get(17).prompt())
        .isNotEqualTo(new SoakRequests(4, 40, 12, 8).get(17).prompt());
  }

  @Test
  void lengths_areAllThatIsAllowed() {
    List<GenerationRequest> all = IntStream.range(0, 2000).mapToObj(requests::get).toList();
    assertThat(all.stream().map(request -> ((Prompt.Text) request.prompt()).text().length()))
        .containsOnlyElementsOf(IntStream.rangeClosed(1, 40).boxed().toList());
    assertThat(all.stream().map(request -> Objects.requireNonNull(request.stop().maxTokens())))
        .containsOnlyElementsOf(IntStream.rangeClosed(1, 12).boxed().toList());
  }

  @Test
  void oneBatchPlace_allowsOneAnswer() {
    SoakRequests narrow = new SoakRequests(3, 1, 1, 1);
    assertThat(IntStream.range(0, 200).mapToObj(narrow::get))
        .allMatch(request -> request.output().n() == 1);
  }
}
