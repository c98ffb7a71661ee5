package io.millrace.api.docs;

import java.time.Duration;
import java.util.Map;
import org.springframework.web.util.HtmlUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page of topics and records: the AsyncAPI document and the JSON Schemas it names, as HTML
 * without scripts.
 */
final class KafkaPage {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final StringBuilder html = new StringBuilder();
  private final JsonNode document;

  private KafkaPage(JsonNode document) {
    this.document = document;
  }

  /**
   * Writes what stands between head and foot of the page.
   *
   * @param asyncApi the document, as YAML
   */
  static String body(String asyncApi) {
    Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(asyncApi);
    KafkaPage page = new KafkaPage(JSON.valueToTree(read));
    page.write();
    return page.html.toString();
  }

  private void write() {
    tag("h1", document.at("/info/title"));
    paragraph(document.at("/info/description"));
    html.append(
        "<p>The same as <a href=\"../asyncapi.yaml\">AsyncAPI 3</a>, for programs that write"
            + " programs.</p>\n");
    html.append("<h2>Topics</h2>\n");
    document.path("channels").forEach(this::channel);
    html.append("<h2>Records</h2>\n");
    document.at("/components/messages").properties().forEach(this::message);
  }

  private void channel(JsonNode channel) {
    tag("h3", channel.path("title"));
    if (channel.path("address").isString()) {
      tag("p", "<code>" + escaped(channel.path("address")) + "</code>" + settings(channel));
    }
    paragraph(channel.path("description"));
    if (channel.has("parameters")) {
      html.append("<ul>\n");
      channel
          .path("parameters")
          .forEachEntry(
              (name, parameter) ->
                  tag(
                      "li",
                      "<code>{%s}</code> %s"
                          .formatted(name, marked(parameter.path("description")))));
      html.append("</ul>\n");
    }
    StringBuilder links = new StringBuilder("Records: ");
    channel
        .path("messages")
        .propertyNames()
        .forEach(name -> links.append("<a href=\"#%s\">%s</a> ".formatted(name, name)));
    tag("p", links.toString());
  }

  private static String settings(JsonNode channel) {
    JsonNode kafka = channel.at("/bindings/kafka");
    JsonNode topic = kafka.path("topicConfiguration");
    int partitions = kafka.path("partitions").asInt();
    String kept =
        topic.has("retention.ms")
            ? "kept for " + time(Duration.ofMillis(topic.get("retention.ms").asLong()))
            : "compacted";
    return ", %s, %s".formatted(count(partitions, "partition"), kept);
  }

  private static String time(Duration kept) {
    return kept.toDays() > 0 ? count(kept.toDays(), "day") : count(kept.toHours(), "hour");
  }

  private static String count(long number, String unit) {
    return "%d %s%s".formatted(number, unit, number == 1 ? "" : "s");
  }

  private void message(Map.Entry<String, JsonNode> entry) {
    JsonNode message = entry.getValue();
    html.append("<h3 id=\"%s\">%s</h3>%n".formatted(entry.getKey(), marked(message.path("title"))));
    paragraph(message.path("description"));
    JsonNode key = message.at("/bindings/kafka/key/description");
    if (key.isString()) {
      tag("p", "Key: " + marked(key));
    }
    fields("Headers", message.at("/headers/$ref"));
    fields("Value", message.at("/payload/$ref"));
    message.path("examples").forEach(this::example);
  }

  private void fields(String what, JsonNode schema) {
    if (schema.isString()) {
      String file = escaped(schema);
      tag("p", "%s, by the schema <a href=\"../%s\">%s</a>:".formatted(what, file, file));
      html.append(SchemaTable.of(file.replaceAll("schemas/|\\.json", "")));
    }
  }

  private void example(JsonNode example) {
    String json = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(example.get("payload"));
    String what = example.path("summary").asString(example.path("name").asString());
    tag("p", "Example: " + HtmlUtils.htmlEscape(what));
    tag("pre", HtmlUtils.htmlEscape(json));
  }

  private void paragraph(JsonNode text) {
    if (text.isString()) {
      tag("p", marked(text));
    }
  }

  private void tag(String name, JsonNode text) {
    tag(name, marked(text));
  }

  private void tag(String name, String content) {
    html.append('<').append(name).append('>').append(content);
    html.append("</").append(name).append(">\n");
  }

  private static String escaped(JsonNode text) {
    return HtmlUtils.htmlEscape(text.asString(""));
  }

  /** Text in which code stands between backticks. */
  static String marked(JsonNode text) {
    return escaped(text).replaceAll("`([^`]*)`", "<code>$1</code>");
  }
}
