package io.millrace.standalone;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The ways to log in that {@code docs/kafka.md} shows, in its order. */
enum KafkaLogin {
  SCRAM(
      "SASL_SSL",
      "User:",
      Map.of(
          "sasl.enabled.mechanisms", "SCRAM-SHA-512",
          "scram-sha-512.sasl.jaas.config",
              "org.apache.kafka.common.security.scram.ScramLoginModule required;")),
  MTLS("SSL", "User:CN=", Map.of("ssl.client.auth", "required")),
  OAUTH(
      "SASL_SSL",
      "User:",
      Map.of(
          "sasl.enabled.mechanisms", "OAUTHBEARER",
          "oauthbearer.sasl.jaas.config",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
                  + " unsecuredLoginStringClaim_sub=\"unused\";",
          "oauthbearer.sasl.server.callback.handler.class",
              "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler"));

  private static final Pattern BLOCK = Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL);

  /** The protocol of a listener for it. */
  final String protocol;

  /** What comes before a user's name in ACLs. */
  final String principalPrefix;

  /** The settings of a listener for it. */
  final Map<String, String> listener;

  KafkaLogin(String protocol, String principalPrefix, Map<String, String> listener) {
    this.protocol = protocol;
    this.principalPrefix = principalPrefix;
    this.listener = listener;
  }

  /** The settings of a client, as documented. */
  String documented() throws IOException {
    String page = String.join("\n", Checkout.lines("docs/kafka.md"));
    String section = page.substring(page.indexOf("## TLS and logins"));
    List<String> blocks =
        BLOCK.matcher(section).results().map((MatchResult found) -> found.group(1)).toList();
    return blocks.get(ordinal());
  }
}
