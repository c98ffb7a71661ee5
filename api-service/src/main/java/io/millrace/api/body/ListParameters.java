package io.millrace.api.body;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * The parameters of a list, as a query tells them.
 *
 * @param query with no other names than were allowed
 */
public record ListParameters(MultiValueMap<String, String> query) {

  /**
   * Those of a query.
   *
   * @param names of all that there are
   * @throws Invalid naming one that there is not
   */
  public static ListParameters of(MultiValueMap<String, String> query, Set<String> names) {
    for (String name : query.keySet()) {
      if (!names.contains(name)) {
        throw new Invalid(
            name,
            "\"%s\" is no parameter of this list; there are %s"
                .formatted(Excerpt.of(name), String.join(", ", new TreeSet<>(names))));
      }
    }
    return new ListParameters(query);
  }

  /** A parameter; null if it is not given. */
  public @Nullable String get(String name) {
    return query.getFirst(name);
  }

  /**
   * How many are wanted at most.
   *
   * @param usual unless the query says so
   * @throws Invalid if it is not from 1 to the most
   */
  public int limit(int usual, int most) {
    String text = get("limit");
    if (text == null) {
      return usual;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Invalid(
        "limit", "limit must be between 1 and %d, but is \"%s\"".formatted(most, Excerpt.of(text)));
  }

  /**
   * What comes after the one that {@code after} names; everything unless the query names one.
   *
   * @param what each is, such as {@code file}
   * @throws Invalid if there is none of that id
   */
  public <T> List<T> rest(List<T> all, Function<T, String> id, String what) {
    String after = get("after");
    if (after == null) {
      return all;
    }
    for (int i = 0; i < all.size(); i++) {
      if (id.apply(all.get(i)).equals(after)) {
        return all.subList(i + 1, all.size());
      }
    }
    throw new Invalid(
        "after", "after must be the id of a %s, but is \"%s\"".formatted(what, Excerpt.of(after)));
  }
}
