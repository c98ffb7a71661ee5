package io.millrace.api.callback;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature of callbacks, as Standard Webhooks 1.0 has it: HMAC-SHA256 of id, time and body.
 *
 * @param secret the bytes of the key
 */
record CallbackSigner(byte[] secret) {
  private static final String ALGORITHM = "HmacSHA256";

  /**
   * The headers of a callback.
   *
   * @param id the same however often it is sent
   * @param at when it is sent
   */
  Map<String, String> headers(String id, Instant at, byte[] body) {
    String seconds = Long.toString(at.getEpochSecond());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", seconds);
    headers.put("webhook-signature", "v1," + signature(id + "." + seconds + ".", body));
    return headers;
  }

  private String signature(String head, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      mac.update(head.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }
}
