package io.millrace.toolparser;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Makes the ids of an answer's calls: of the same answer always the same. */
@FunctionalInterface
public interface CallIds {
  /** The id of a call, by its index within the answer. */
  String id(int callIndex);

  /**
   * Ids as OpenAI's: {@code call_} and 24 characters.
   *
   * @param requestId of the request that is answered
   * @param choice index of the answer among those of the request
   */
  static CallIds openAi(String requestId, int choice) {
    return call -> "call_" + digest(requestId, choice, call, 24);
  }

  /** Ids as Mistral's templates want them: 9 letters and digits. */
  static CallIds mistral(String requestId, int choice) {
    return call -> digest(requestId, choice, call, 9);
  }

  private static String digest(String requestId, int choice, int call, int length) {
    String key = requestId + '\n' + choice + '\n' + call;
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return letters(new BigInteger(1, hash), length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String letters(BigInteger number, int length) {
    String alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    BigInteger base = BigInteger.valueOf(alphabet.length());
    StringBuilder letters = new StringBuilder(length);
    BigInteger rest = number;
    for (int i = 0; i < length; i++) {
      letters.append(alphabet.charAt(rest.mod(base).intValue()));
      rest = rest.divide(base);
    }
    return letters.toString();
  }
}
