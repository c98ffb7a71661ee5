package io.millrace.bench.speculation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A set of prompts of one kind, made from a seed. Three kinds have answers that copy much of the
 * prompt: a text to edit, a passage to answer from, a table to turn into JSON. One has answers that
 * copy nothing: random words, gone on with at temperature 1.
 *
 * @param name of the kind
 * @param copies whether answers copy
 * @param temperature at which they are drawn, with a seed
 * @param chat whether a prompt is what a user says; else it is a text to go on with
 */
record PromptSet(
    String name, boolean copies, double temperature, boolean chat, List<String> prompts) {
  private static final List<String> NAMES =
      List.of("Anna", "Bert", "Carla", "David", "Elena", "Felix", "Greta", "Hugo", "Iris", "Jonas");
  private static final List<String> PLACES =
      List.of("Oslo", "Rome", "Lima", "Cairo", "Delhi", "Paris", "Quito", "Turin", "Kyoto", "Bern");
  private static final List<String> THINGS =
      List.of(
          "a red bicycle",
          "an old map",
          "a wooden boat",
          "two silver rings",
          "a green lamp",
          "a heavy suitcase",
          "some fresh bread",
          "a broken clock",
          "a small garden",
          "a blue coat");
  private static final List<String> DEEDS =
      List.of("bought", "sold", "lost", "found", "repaired", "painted", "borrowed", "described");
  private static final List<String> DAYS =
      List.of("on Monday", "in the spring", "last winter", "before noon", "after the storm");
  private static final int SENTENCES = 8;
  private static final int ROWS = 6;
  private static final int WORDS = 60;

  /** All sets with so many prompts each. */
  static List<PromptSet> all(long seed, int prompts) {
    return List.of(
        of("edit", true, 0, true, seed, prompts, PromptSet::edit),
        of("passage", true, 0, true, seed, prompts, PromptSet::passage),
        of("table", true, 0, false, seed, prompts, PromptSet::table),
        of("table at 1", true, 1, false, seed, prompts, PromptSet::table),
        of("random at 1", false, 1, false, seed, prompts, PromptSet::words),
        of("random", false, 0, false, seed, prompts, PromptSet::words));
  }

  private static PromptSet of(
      String name,
      boolean copies,
      double temperature,
      boolean chat,
      long seed,
      int prompts,
      Function<Random, String> writer) {
    Random random = new Random(seed);
    return new PromptSet(
        name,
        copies,
        temperature,
        chat,
        IntStream.range(0, prompts).mapToObj(i -> writer.apply(random)).toList());
  }

  private static String edit(Random random) {
    String name = one(random, NAMES);
    return "Repeat the following text word for word, but write "
        + name.toUpperCase(Locale.ROOT)
        + " for "
        + name
        + ". Write nothing else.\n\n"
        + story(random);
  }

  private static String passage(Random random) {
    return "Read this passage:\n\n"
        + story(random)
        + "\n\nWhich sentences of the passage tell where something happened? Quote all of them"
        + " exactly as they stand there, one after the other.";
  }

  /** An example first, because small models do not do it when they are only told to. */
  private static String table(Random random) {
    List<String[]> example = rows(random, 3);
    List<String[]> asked = rows(random, ROWS);
    return "%s\nThe same as JSON:\n[%s]\n\n%s\nThe same as JSON:\n["
        .formatted(
            lines(example),
            example.stream().map(PromptSet::json).collect(Collectors.joining(",\n")),
            lines(asked));
  }

  private static List<String[]> rows(Random random, int count) {
    return Stream.generate(
            () ->
                new String[] {
                  one(random, NAMES),
                  one(random, PLACES),
                  Integer.toString(20 + random.nextInt(60)),
                  one(random, THINGS)
                })
        .limit(count)
        .toList();
  }

  private static String lines(List<String[]> rows) {
    return rows.stream()
        .map(row -> "| " + String.join(" | ", row) + " |")
        .collect(Collectors.joining("\n", "| name | city | age | thing |\n", ""));
  }

  private static String json(String[] row) {
    return "{\"name\": \"%s\", \"city\": \"%s\", \"age\": %s, \"thing\": \"%s\"}"
        .formatted((Object[]) row);
  }

  private static String story(Random random) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < SENTENCES; i++) {
      sentences.add(
          "%s %s %s in %s %s."
              .formatted(
                  one(random, NAMES),
                  one(random, DEEDS),
                  one(random, THINGS),
                  one(random, PLACES),
                  one(random, DAYS)));
    }
    return String.join(" ", sentences);
  }

  private static String words(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < WORDS; i++) {
      random.ints(2 + random.nextInt(7), 'a', 'z' + 1).forEach(c -> text.append((char) c));
      text.append(' ');
    }
    return text.toString();
  }

  private static <T> T one(Random random, List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  /** Parts of so many prompts each. */
  List<PromptSet> parts(int size) {
    List<PromptSet> parts = new ArrayList<>();
    for (int from = 0; from < prompts.size(); from += size) {
      List<String> some = prompts.subList(from, Math.min(prompts.size(), from + size));
      parts.add(new PromptSet(name, copies, temperature, chat, some));
    }
    return parts;
  }

  /** A conversation of one prompt. */
  static List<Map<String, Object>> conversation(String prompt) {
    return List.of(Map.of("role", "user", "content", prompt));
  }
}
