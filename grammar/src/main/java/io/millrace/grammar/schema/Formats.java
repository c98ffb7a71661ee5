package io.millrace.grammar.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formats of strings that JSON Schema and OpenAPI define, as regular expressions. */
final class Formats {
  private static final String LEAP =
      "(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
  private static final String DATE =
      "(?!0000)(\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)"
          + "|02-(0[1-9]|1\\d|2[0-8]))|"
          + LEAP
          + "-02-29)";
  private static final String TIME =
      "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?([Zz]|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String IPV4 = "(" + OCTET + "\\.){3}" + OCTET;
  private static final String H16 = "[0-9a-fA-F]{1,4}";
  private static final String LS32 = "(" + H16 + ":" + H16 + "|" + IPV4 + ")";
  private static final String IPV6 =
      String.join(
              "|",
              "(H:){6}L",
              "::(H:){5}L",
              "(H)?::(H:){4}L",
              "((H:){0,1}H)?::(H:){3}L",
              "((H:){0,2}H)?::(H:){2}L",
              "((H:){0,3}H)?::H:L",
              "((H:){0,4}H)?::L",
              "((H:){0,5}H)?::H",
              "((H:){0,6}H)?::")
          .replace("H", H16)
          .replace("L", LS32);
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final String HOST = LABEL + "(\\." + LABEL + ")*";
  private static final String HOSTNAME = "(?=.{1,253}$)" + HOST;
  private static final String ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final String EMAIL =
      "("
          + ATOM
          + "(\\."
          + ATOM
          + ")*|\"([ !#-\\[\\]-~]|\\\\[ -~])*\")@("
          + HOST
          + "|\\[[0-9a-zA-Z:.]+\\])";
  private static final String UNRESERVED = "a-zA-Z0-9._~!$&'()*+,;=\\-";
  private static final String ENCODED = "%[0-9a-fA-F]{2}";
  private static final String UCS =
      "\\u00a0-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\uffef\\u{10000}-\\u{efffd}";
  private static final String UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
  private static final String DURATION =
      "P(?!$)((\\d+Y)?(\\d+M)?(\\d+D)?(T(?=\\d)(\\d+H)?(\\d+M)?(\\d+(\\.\\d+)?S)?)?|\\d+W)";
  private static final String POINTER = "(/([^/~]|~[01])*)*";

  private static final Map<String, String> EXPRESSIONS =
      Map.ofEntries(
          Map.entry("date", DATE),
          Map.entry("time", TIME),
          Map.entry("date-time", DATE + "[Tt]" + TIME),
          Map.entry("duration", DURATION),
          Map.entry("email", EMAIL),
          Map.entry("hostname", HOSTNAME),
          Map.entry("host-name", HOSTNAME),
          Map.entry("ipv4", IPV4),
          Map.entry("ip-address", IPV4),
          Map.entry("ipv6", IPV6),
          Map.entry("uuid", UUID),
          Map.entry("uri", uri("", false)),
          Map.entry("uri-reference", uri("", true)),
          Map.entry("iri", uri(UCS, false)),
          Map.entry("iri-reference", uri(UCS, true)),
          Map.entry("json-pointer", POINTER),
          Map.entry("relative-json-pointer", "(0|[1-9]\\d*)(#|" + POINTER + ")"),
          Map.entry("byte", "([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"));

  private Formats() {}

  /** The expression that whole strings of a format match, or null if nobody defines it. */
  static @Nullable String expression(String format) {
    return EXPRESSIONS.get(format);
  }

  /** RFC 3986 and, with more characters, RFC 3987. */
  private static String uri(String more, boolean relative) {
    String pchar = "([" + UNRESERVED + ":@" + more + "]|" + ENCODED + ")";
    String segments = "(/" + pchar + "*)*";
    String userinfo = "(([" + UNRESERVED + ":" + more + "]|" + ENCODED + ")*@)?";
    String host =
        "(\\[("
            + IPV6
            + "|v[0-9a-fA-F]+\\.["
            + UNRESERVED
            + ":]+)\\]|(["
            + UNRESERVED
            + more
            + "]|"
            + ENCODED
            + ")*)";
    String authority = "//" + userinfo + host + "(:\\d*)?" + segments;
    String path =
        "(" + authority + "|/(" + pchar + "+" + segments + ")?|" + pchar + "+" + segments + "|)";
    String tail = "(\\?(" + pchar + "|[/?])*)?(#(" + pchar + "|[/?])*)?";
    String absolute = "[a-zA-Z][a-zA-Z0-9+.-]*:" + path + tail;
    if (!relative) {
      return absolute;
    }
    String segment = "([" + UNRESERVED + "@" + more + "]|" + ENCODED + ")+";
    String relativePath =
        "(" + authority + "|/(" + pchar + "+" + segments + ")?|" + segment + segments + "|)";
    return "(" + absolute + "|" + relativePath + tail + ")";
  }
}
