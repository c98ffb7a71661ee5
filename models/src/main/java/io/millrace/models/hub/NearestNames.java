package io.millrace.models.hub;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that someone who mistyped one may have meant. */
final class NearestNames {
  private static final int MOST = 3;
  private static final int TELLING_LETTERS = 3;

  private NearestNames() {}

  /** Up to three of some names, the nearest first; a name of another kind is not near. */
  static List<String> of(String typed, List<String> names) {
    String wanted = typed.toLowerCase(Locale.ROOT);
    return names.stream()
        .filter(name -> isNear(wanted, name.toLowerCase(Locale.ROOT)))
        .sorted(Comparator.comparingInt(name -> distance(wanted, name.toLowerCase(Locale.ROOT))))
        .limit(MOST)
        .toList();
  }

  private static boolean isNear(String wanted, String name) {
    String own = wanted.substring(wanted.lastIndexOf('/') + 1);
    return (own.length() >= TELLING_LETTERS && name.contains(own))
        || distance(wanted, name) <= Math.max(wanted.length(), name.length()) / 3;
  }

  /** Letters to insert, delete or change (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
