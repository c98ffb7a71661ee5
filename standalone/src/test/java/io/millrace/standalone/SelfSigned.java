package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;

/** A key with a certificate that it has signed itself, for a name and 127.0.0.1. */
record SelfSigned(Path file, KeyStore store) {
  static final String PASSWORD = "keystore-password";
  private static final String ALIAS = "key";

  /**
   * Makes one by the JDK's keytool.
   *
   * @param name the common name
   * @param file a PKCS #12 file that is not there yet
   */
  static SelfSigned of(String name, Path file) {
    try {
      return generate(name, file);
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SelfSigned generate(String name, Path file)
      throws IOException, GeneralSecurityException, InterruptedException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=IP:127.0.0.1")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    return new SelfSigned(file, KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()));
  }

  Certificate certificate() throws GeneralSecurityException {
    return store.getCertificate(ALIAS);
  }

  /** The certificate as PEM. */
  Path writeCertificate(Path target) throws IOException, GeneralSecurityException {
    return write(target, "CERTIFICATE", certificate().getEncoded());
  }

  /** The private key as PEM. */
  Path writeKey(Path target) throws IOException, GeneralSecurityException {
    return write(target, "PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
  }

  private static Path write(Path target, String label, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(der);
    return Files.writeString(
        target, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label));
  }
}
