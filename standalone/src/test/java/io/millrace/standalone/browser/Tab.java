package io.millrace.standalone.browser;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;

/** A tab of a browser: a page, its keyboard, and what its console says. */
public final class Tab implements AutoCloseable {
  private static final Map<String, Integer> KEYS = Map.of("Enter", 13, "Escape", 27);

  private final DevTools tools;
  private final String session;
  private final String context;
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

  private Tab(DevTools tools, String session, String context) {
    this.tools = tools;
    this.session = session;
    this.context = context;
    tools.listen(session, this::hear);
    List.of("Page", "Runtime", "Log").forEach(domain -> send(domain + ".enable", Map.of()));
  }

  static Tab attach(DevTools tools, String target, String context) {
    String session =
        tools
            .send("Target.attachToTarget", Map.of("targetId", target, "flatten", true), "")
            .path("sessionId")
            .asString();
    return new Tab(tools, session, context);
  }

  private JsonNode send(String method, Map<String, ?> params) {
    return tools.send(method, params, session);
  }

  private void hear(JsonNode event) {
    JsonNode params = event.path("params");
    switch (event.path("method").asString()) {
      case "Page.loadEventFired" -> loaded.complete(null);
      case "Runtime.exceptionThrown" -> errors.add(params.toString());
      case "Log.entryAdded" -> addIfError(params.at("/entry/level"), params.at("/entry/text"));
      case "Runtime.consoleAPICalled" -> addIfError(params.path("type"), params.path("args"));
      default -> {}
    }
  }

  private void addIfError(JsonNode level, JsonNode said) {
    if (level.asString().equals("error")) {
      errors.add(said.isString() ? said.asString() : said.toString());
    }
  }

  /** Opens a page, and returns when it is loaded. */
  public void open(String url) {
    loaded = new CompletableFuture<>();
    send("Page.navigate", Map.of("url", url));
    loaded.join();
  }

  /** Opens the page again. */
  public void reload() {
    loaded = new CompletableFuture<>();
    send("Page.reload", Map.of());
    loaded.join();
  }

  /** Shows the page as a screen of this width does, in a theme. */
  public void show(int width, int height, String theme) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", theme),
                // Colours that change over a time are none to measure.
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** The value of an expression, or of what it promises. */
  public JsonNode eval(String expression) {
    JsonNode result =
        send(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
    }
    return result.at("/result/value");
  }

  /** The text that is seen in the first element of a selector. */
  public String text(String selector) {
    return eval("document.querySelector('%s').innerText".formatted(selector)).asString();
  }

  /** Returns when an expression is true, or says what the page shows by then. */
  public void await(String condition) {
    JsonNode met =
        eval(
            """
            new Promise((resolve) => {
              const end = Date.now() + 30000;
              const look = () => {
                let met = false;
                try { met = Boolean(%s); } catch { /* not yet there */ }
                if (met || Date.now() > end) resolve(met ? "" : document.body.innerText);
                else setTimeout(look, 10);
              };
              look();
            })
            """
                .formatted(condition));
    if (!met.asString().isEmpty()) {
      throw new AssertionError(condition + " is not so in: " + met.asString());
    }
  }

  /** Clicks the first element of a selector, once there is one. */
  public void click(String selector) {
    await("document.querySelector('%s')".formatted(selector));
    eval("document.querySelector('%s').click()".formatted(selector));
  }

  /** Writes a text where the cursor is. */
  public void type(String text) {
    send("Input.insertText", Map.of("text", text));
  }

  /** Presses a key: Enter or Escape. */
  public void press(String key) {
    int code = KEYS.getOrDefault(key, 0);
    for (String type : List.of("rawKeyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  /** What its console has said of errors by now, exceptions and refusals of the policy included. */
  public List<String> errors() {
    return List.copyOf(errors);
  }

  @Override
  public void close() {
    tools.send("Target.disposeBrowserContext", Map.of("browserContextId", context), "");
  }
}
