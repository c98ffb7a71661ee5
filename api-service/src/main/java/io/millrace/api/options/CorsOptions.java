package io.millrace.api.options;

import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The flags that say which web pages may ask from a browser, under vLLM's names. */
public final class CorsOptions {
  private static final String ANY = "*";
  private static final Pattern ORIGIN = Pattern.compile("https?://[^/?#\\s,\"]+");

  /** As vLLM takes it: {@code ["https://a.example"]}. */
  private static final Pattern JSON_LIST = Pattern.compile("[\\[\\]\"\\s]");

  @Option(
      names = "--allowed-origins",
      paramLabel = "ORIGIN[,...]",
      description =
          "Origins whose pages may ask from a browser (CORS), such as https://app.example.com; * for"
              + " any (default: none but this server's own).")
  private List<String> allowedOrigins = new ArrayList<>();

  @Option(
      names = "--allow-credentials",
      description = "Lets such pages send cookies and logins, too; not with *.")
  private boolean allowCredentials;

  /** The origins; empty for none. */
  public List<String> allowedOrigins() {
    return allowedOrigins.stream()
        .flatMap(value -> Stream.of(JSON_LIST.matcher(value).replaceAll("").split(",")))
        .filter(origin -> !origin.isEmpty())
        .toList();
  }

  /** Whether pages of these origins may send cookies and logins. */
  public boolean allowCredentials() {
    return allowCredentials;
  }

  void validate() {
    List<String> origins = allowedOrigins();
    for (String origin : origins) {
      Flags.require(
          origin.equals(ANY) || ORIGIN.matcher(origin).matches(),
          "--allowed-origins",
          "* or origins such as https://app.example.com",
          origin);
    }
    if (allowCredentials && (origins.isEmpty() || origins.contains(ANY))) {
      throw new StartFailure(
          "--allow-credentials needs --allowed-origins with origins other than *");
    }
  }
}
