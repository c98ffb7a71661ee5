package io.millrace.api.body;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A page of a list, as OpenAI's clients read it.
 *
 * @param firstId the id of the first; null if it is empty
 * @param lastId the id behind which the next page begins; null if it is empty
 * @param hasMore whether more follow
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ObjectList<T>(
    String object,
    List<T> data,
    @Nullable String firstId,
    @Nullable String lastId,
    boolean hasMore) {

  /**
   * The page of the first ones.
   *
   * @param found as many as the page has, and one more if there are more
   */
  public static <T> ObjectList<T> of(List<T> found, int limit, Function<T, String> id) {
    List<T> page = found.subList(0, Math.min(limit, found.size()));
    return new ObjectList<>(
        "list",
        page,
        page.isEmpty() ? null : id.apply(page.get(0)),
        page.isEmpty() ? null : id.apply(page.get(page.size() - 1)),
        found.size() > limit);
  }
}
