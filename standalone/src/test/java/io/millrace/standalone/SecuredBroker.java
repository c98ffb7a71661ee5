package io.millrace.standalone;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import picocli.CommandLine;

/**
 * A broker to which clients come over TLS and with a {@link KafkaLogin}, and where each may do what
 * the users of {@code k8s/} may, and no more. Tests do what is theirs over a listener where
 * everything is allowed.
 */
final class SecuredBroker implements AutoCloseable {
  /** One of the users, who has no rights. */
  static final String NOBODY = "millrace-nobody";

  private static final List<String> USERS =
      List.of("millrace-api", "millrace-worker", "millrace-client", NOBODY);

  private static final String BROKER = "broker";
  private static final String SCRAM_PASSWORD = "scram-password";
  private static final String URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

  private final Path folder;
  private final TokenIssuer tokens = new TokenIssuer();
  private final Map<String, SelfSigned> keys;
  private final Map<KafkaLogin, Integer> ports = new EnumMap<>(KafkaLogin.class);
  private final EmbeddedBroker broker;

  /**
   * Starts it.
   *
   * @param folder an empty one, for data and secrets
   */
  SecuredBroker(Path folder) throws Exception {
    this.folder = folder;
    keys = makeKeys();
    keys.get(BROKER)
        .writeCertificate(Files.createDirectory(folder.resolve("ca")).resolve("ca.crt"));
    for (String user : USERS) {
      writeSecrets(user);
    }
    Files.writeString(folder.resolve("jwks.json"), tokens.keySet());
    System.setProperty(URLS, allowedUrls());
    Path trusted = trustStore();
    broker =
        EmbeddedBroker.start(
            folder.resolve("data"), 0, Map.of(), settings -> secure(settings, trusted));
    try (Admin admin = new KafkaCluster(broker.bootstrapServers()).connect()) {
      Admins.get(admin.createAcls(KafkaUsers.acls()).all());
      Admins.get(admin.alterUserScramCredentials(credentials()).all());
    }
  }

  /** What must not be told: passwords, keys and tokens of all users, in parts of a line. */
  List<String> secrets() throws Exception {
    List<String> secrets = new ArrayList<>(List.of(SCRAM_PASSWORD, SelfSigned.PASSWORD));
    for (String user : USERS) {
      secrets.add(Files.readString(secret(user, "token")).substring(0, 80));
      secrets.add(Files.readAllLines(secret(user, "user.key")).get(1));
    }
    return secrets;
  }

  String address(KafkaLogin login) {
    return EmbeddedBroker.HOST + ":" + ports.get(login);
  }

  /** The file of a user's settings, as documented. */
  Path properties(KafkaLogin login, String user) throws Exception {
    String settings =
        login
            .documented()
            .replace("/etc/millrace/kafka-user", folder.resolve(user).toString())
            .replace("/etc/millrace/kafka-ca", folder.resolve("ca").toString())
            .replace("=/etc/millrace", "=" + folder);
    return Files.writeString(folder.resolve(login + "-" + user + ".properties"), settings);
  }

  KafkaOptions options(KafkaLogin login, String user) throws Exception {
    KafkaOptions options = new KafkaOptions();
    new CommandLine(options)
        .parseArgs(
            "--bootstrap-servers=" + address(login),
            "--kafka-properties=" + properties(login, user));
    return options;
  }

  /** The settings of a program that knows nothing of ours. */
  Properties client(KafkaLogin login, String user) throws Exception {
    Properties settings = new Properties();
    settings.load(new StringReader(Files.readString(properties(login, user))));
    settings.put("bootstrap.servers", address(login));
    return settings;
  }

  @Override
  public void close() {
    broker.close();
    System.clearProperty(URLS);
  }

  /** Starts of keytool take time, so all at once. */
  private Map<String, SelfSigned> makeKeys() {
    return Stream.concat(Stream.of(BROKER), USERS.stream())
        .collect(
            Collectors.toMap(
                name -> name,
                name ->
                    CompletableFuture.supplyAsync(
                        () -> SelfSigned.of(name, folder.resolve(name + ".p12")))))
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, begun -> begun.getValue().join()));
  }

  /** What Strimzi writes into the Secret of a user, and a token. */
  private void writeSecrets(String user) throws Exception {
    Files.createDirectory(folder.resolve(user));
    Files.writeString(
        secret(user, "sasl.jaas.config"),
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, SCRAM_PASSWORD));
    keys.get(user).writeKey(secret(user, "user.key"));
    keys.get(user).writeCertificate(secret(user, "user.crt"));
    Files.writeString(secret(user, "token"), tokens.token(user));
  }

  private Path secret(String user, String name) {
    return folder.resolve(user).resolve(name);
  }

  private String allowedUrls() {
    return Stream.concat(
            Stream.of(folder.resolve("jwks.json")), USERS.stream().map(it -> secret(it, "token")))
        .map(it -> "file:" + it)
        .collect(Collectors.joining(","));
  }

  /** The certificates of all users, as PEM. */
  private Path trustStore() throws Exception {
    StringBuilder all = new StringBuilder();
    for (String user : USERS) {
      all.append(Files.readString(secret(user, "user.crt")));
    }
    return Files.writeString(folder.resolve("users.crt"), all);
  }

  private void secure(Properties settings, Path trusted) {
    for (KafkaLogin login : KafkaLogin.values()) {
      ports.put(login, freePort(settings.getProperty("listeners")));
      listen(settings, login, ports.get(login));
    }
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.location", keys.get(BROKER).file().toString());
    settings.put("ssl.keystore.password", SelfSigned.PASSWORD);
    settings.put("ssl.truststore.type", "PEM");
    settings.put("ssl.truststore.location", trusted.toString());
    settings.put("sasl.oauthbearer.expected.audience", "kafka");
    settings.put("sasl.oauthbearer.expected.issuer", TokenIssuer.NAME);
    settings.put("sasl.oauthbearer.jwks.endpoint.url", "file:" + folder.resolve("jwks.json"));
  }

  private static void listen(Properties settings, KafkaLogin login, int port) {
    String listener = "," + login + "://" + EmbeddedBroker.HOST + ":" + port;
    settings.merge("listeners", listener, (all, one) -> all + "" + one);
    settings.merge("advertised.listeners", listener, (all, one) -> all + "" + one);
    settings.merge(
        "listener.security.protocol.map",
        "," + login + ":" + login.protocol,
        (all, one) -> all + "" + one);
    login.listener.forEach(
        (name, value) ->
            settings.put("listener.name." + login.name().toLowerCase() + "." + name, value));
  }

  private static List<UserScramCredentialAlteration> credentials() {
    return USERS.stream()
        .map(
            user ->
                (UserScramCredentialAlteration)
                    new UserScramCredentialUpsertion(
                        user,
                        new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                        SCRAM_PASSWORD))
        .toList();
  }

  /** One that is free, and none of those that the broker is about to listen on. */
  private static int freePort(String listeners) {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = socket.getLocalPort();
        if (!listeners.matches(".*:" + port + "(,.*)?")) {
          return port;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
