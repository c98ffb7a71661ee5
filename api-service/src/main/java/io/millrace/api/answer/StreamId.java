package io.millrace.api.answer;

import io.millrace.api.dispatch.ReplyPlace;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What any process must know to go on with a stream, beside the body that it was asked with.
 *
 * @param stamp of its answer, whose id is random and so nothing to guess
 * @param place where the replies to its request begin
 * @param question a checksum of endpoint and body
 */
record StreamId(Stamp stamp, ReplyPlace place, int question) {
  /**
   * The checksum of a question.
   *
   * @param path of its endpoint
   * @param body the checksum of its body
   */
  static int question(String path, int body) {
    CRC32C checksum = new CRC32C();
    checksum.update(path.getBytes(StandardCharsets.UTF_8));
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      checksum.update(body >>> shift);
    }
    return (int) checksum.getValue();
  }
}
