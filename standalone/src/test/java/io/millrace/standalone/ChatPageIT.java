package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.failed;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.standalone.browser.Chromium;
import io.millrace.standalone.browser.CuttableProxy;
import io.millrace.standalone.browser.Tab;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The chat page and the page of the API in a browser, with a worker whose replies a test chooses.
 */
class ChatPageIT {
  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
  private static final String ANSWER = ".answer:last-child > .text";
  private static final String STATS = ".answer:last-child .stats";

  private static Chromium browser;
  private static ServedApi api;
  private static ScriptedWorker worker;

  private Tab tab;

  @BeforeAll
  static void start() throws Exception {
    Path program = Chromium.installed().orElse(null);
    Assumptions.assumeTrue(
        program != null, "the chat page is not tested: no Chromium is installed (PATH)");
    browser = Chromium.start(Objects.requireNonNull(program));
    api = SharedApi.get();
    worker = api.worker();
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openPage() {
    worker.onRequest(request -> {});
    tab = browser.newTab();
    tab.show(1280, 800, "light");
    open(api.port());
  }

  @AfterEach
  void closePage() {
    tab.close();
  }

  private void open(int port) {
    tab.open("http://127.0.0.1:" + port + "/");
    tab.await("document.activeElement.id === 'question'");
  }

  private GenerationRequest ask(String question) throws InterruptedException {
    tab.eval("document.getElementById('question').focus()");
    tab.type(question);
    tab.press("Enter");
    return worker.takenRequest();
  }

  /** An answer to the question that is asked, and its end. */
  private void askAndHear(String question, String answer) throws InterruptedException {
    GenerationRequest request = ask(question);
    worker.reply(request, finished(request, 1, 2, answer));
    awaitEnd();
  }

  private void awaitEnd() {
    tab.await(
        "document.getElementById('stop').hidden && document.querySelector('%s')".formatted(STATS));
  }

  private void awaitAnswer(String text) {
    tab.await("document.querySelector('%s').innerText.includes('%s')".formatted(ANSWER, text));
  }

  private static List<Map<String, Object>> messages(GenerationRequest request) {
    return ((Prompt.Chat) request.prompt()).messages();
  }

  @Test
  void answer_isShownAsItIsWritten_andStaysOnReload() throws Exception {
    GenerationRequest request = ask("Say hello");
    worker.reply(request, delta(request, 1, 1, "# Hi\\n\\nHello **wor".replace("\\n", "\n")));
    awaitAnswer("Hello **wor");
    assertThat(tab.eval("document.getElementById('stop').hidden").asBoolean()).isFalse();
    worker.reply(request, delta(request, 1, 2, "ld**"), rest(request, 1, 3, "!"));
    awaitEnd();

    assertThat(tab.text(ANSWER + " strong")).isEqualTo("world");
    assertThat(tab.text(ANSWER + " h3")).isEqualTo("Hi");
    assertThat(tab.text(STATS)).contains("s to the first token", "tokens");
    tab.reload();
    awaitAnswer("Hello world!");
    assertThat(tab.text(".question .said")).isEqualTo("Say hello");
    assertThat(tab.text("#conversations .open")).isEqualTo("Say hello");
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void answerThatIsStopped_keepsWhatThereIs_andIsCancelled() throws Exception {
    GenerationRequest request = ask("Count");
    worker.reply(request, delta(request, 1, 1, "one two"));
    awaitAnswer("one two");
    tab.press("Escape");
    awaitEnd();

    assertThat(tab.text(ANSWER)).isEqualTo("one two");
    assertThat(tab.text(STATS)).endsWith("stopped");
    assertThat(worker.cancelOf(request.id())).isPresent();
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void answersAreMadeAnew_andQuestionsEdited() throws Exception {
    askAndHear("Name a color", "Red");
    tab.click(".answer [aria-label=\"Regenerate\"]");
    GenerationRequest again = worker.takenRequest();
    assertThat(messages(again)).containsExactly(Map.of("role", "user", "content", "Name a color"));
    worker.reply(again, finished(again, 1, 2, "Blue"));
    awaitAnswer("Blue");
    awaitEnd();

    tab.click(".question [aria-label=\"Edit and send again\"]");
    tab.eval("document.activeElement.select()");
    tab.type("Name a city");
    tab.press("Enter");
    GenerationRequest edited = worker.takenRequest();
    assertThat(messages(edited)).containsExactly(Map.of("role", "user", "content", "Name a city"));
    worker.reply(edited, finished(edited, 1, 2, "Oslo"));
    awaitAnswer("Oslo");
    awaitEnd();

    GenerationRequest next = ask("And its river?");
    assertThat(messages(next))
        .extracting(message -> message.get("content"))
        .containsExactly("Name a city", "Oslo", "And its river?");
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void connectionThatIsCut_losesNothing() throws Exception {
    try (CuttableProxy proxy = CuttableProxy.before(api.port())) {
      open(proxy.port());
      GenerationRequest request = ask("Go on");
      worker.reply(request, delta(request, 1, 1, "one "));
      awaitAnswer("one");
      proxy.cut();
      worker.reply(request, delta(request, 1, 2, "two "), delta(request, 1, 3, "three "));
      awaitAnswer("three");
      proxy.cut();
      worker.reply(request, rest(request, 1, 4, "four"));
      awaitEnd();

      assertThat(tab.text(ANSWER)).isEqualTo("one two three four");
      assertThat(tab.text("#announcer")).startsWith("The answer is complete");
      assertThat(tab.errors())
          .allMatch(error -> error.startsWith("Failed to load resource: net::"));
    }
  }

  @Test
  void pageThatIsLeftInMidAnswer_goesOnWithIt() throws Exception {
    GenerationRequest request = ask("Go on");
    worker.reply(request, delta(request, 1, 1, "one "));
    awaitAnswer("one");
    tab.reload();
    awaitAnswer("one");
    worker.reply(request, delta(request, 1, 2, "two "), rest(request, 1, 3, "three"));
    awaitEnd();

    assertThat(tab.text(ANSWER)).isEqualTo("one two three");
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void settings_reachTheRequest_andRefusalsAreTold() throws Exception {
    tab.click("#settings");
    tab.eval(
        """
        for (const [name, value] of Object.entries({system: "Be kind", temperature: "0.5",
            max_tokens: "9", seed: "7", stop: "END\\nSTOP", schema: '{"type":"object"}'})) {
          const field = document.getElementById("drawer-form").elements[name];
          field.value = value;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
        """);
    tab.press("Escape");
    GenerationRequest request = ask("x");

    assertThat(messages(request).get(0)).isEqualTo(Map.of("role", "system", "content", "Be kind"));
    assertThat(request.sampling().temperature()).isEqualTo(0.5);
    assertThat(request.sampling().seed()).isEqualTo(7);
    assertThat(request.stop().maxTokens()).isEqualTo(9);
    assertThat(request.stop().stop()).containsExactly("END", "STOP");
    assertThat(request.format().constraint()).isNotNull();

    worker.reply(request, failed(request, FailureKind.INVALID, "prompt is too long"));
    tab.await("document.querySelector('.answer .error').innerText === 'Prompt is too long'");
    tab.eval(
        "[...document.querySelectorAll('.answer button')].find(b => b.innerText === 'Try again').click()");
    GenerationRequest again = worker.takenRequest();
    assertThat(messages(again)).isEqualTo(messages(request));
  }

  @Test
  void textOfAModel_isNeverCode() throws Exception {
    askAndHear(
        "x",
        "<img src=x onerror=\"window.hit=1\"> [a](javascript:window.hit=1) ![b](http://127.0.0.1:9/p.png)"
            + "\n\n<script>window.hit=1</script>\n\n```html\n<b onclick='x'>\n```\n\n"
            + "|a|<i>b</i>|\n|-|-|\n|`c|` | d |\n\n[c](https://example.com/)");

    assertThat(tab.eval("String(window.hit)").asString()).isEqualTo("undefined");
    assertThat(tab.eval("document.querySelectorAll('.text :is(img, script, i, b)').length").asInt())
        .isZero();
    assertThat(
            tab.eval("[...document.querySelectorAll('.text a')].map(a => a.href).join(' ')")
                .asString())
        .isEqualTo("http://127.0.0.1:9/p.png https://example.com/");
    assertThat(tab.text(".code-bar span")).isEqualTo("html");
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void everyWidthAndTheme_fits_andIsAccessible() throws Exception {
    GenerationRequest request = ask("What do you see?");
    AnswerPiece piece =
        new AnswerPiece("", "I think so", List.of(ToolCallDelta.begin(0, "call_1", "look", "{}")));
    worker.reply(
        request,
        new Reply.Delta(request.id(), 1, 1, 0, 0, piece, null, List.of(1), List.of(), null),
        delta(
            request, 1, 2, "# A\n\n" + "long".repeat(60) + "\n\n|a|b|\n|-|-|\n|" + "c".repeat(90)),
        rest(
            request,
            1,
            3,
            "|d|\n\n```\n" + "code ".repeat(60) + "\n```\n\n- [x] done\n\n> quoted"));
    awaitEnd();
    tab.eval(resource(AXE));
    for (String theme : List.of("light", "dark")) {
      for (int width : List.of(360, 1280)) {
        tab.show(width, 740, theme);
        assertThat(tab.eval("document.documentElement.scrollWidth").asInt()).isEqualTo(width);
        assertThat(
                tab.eval(
                        "scroll.scrollWidth > scroll.clientWidth"
                            .replace("scroll.", "document.getElementById('scroll')."))
                    .asBoolean())
            .isFalse();
        assertThat(violations()).as("%s at %d", theme, width).isEqualTo("[]");
        tab.click("#settings");
        assertThat(violations()).as("settings, %s at %d", theme, width).isEqualTo("[]");
        tab.press("Escape");
      }
    }
    tab.click("#new");
    assertThat(violations()).isEqualTo("[]");
    assertThat(tab.errors()).isEmpty();
  }

  private String violations() {
    return tab.eval(
            """
            axe.run(document, { resultTypes: ["violations"] }).then((found) => JSON.stringify(
              found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
                .map((one) => [one.id, ...one.nodes.map((node) => node.html)])))
            """)
        .asString();
  }

  @Test
  void conversations_areRenamedAndDeleted_andComeBack() throws Exception {
    askAndHear("Name a color", "Red");
    tab.click("#conversations [aria-label^=\"Rename\"]");
    tab.type("Colors");
    tab.press("Enter");
    tab.await("document.getElementById('title').textContent === 'Colors'");
    tab.click("#conversations [aria-label^=\"Delete\"]");
    tab.await("document.querySelectorAll('#conversations li').length === 0");
    tab.click("#toast button");
    awaitAnswer("Red");
    assertThat(tab.text("#conversations .open")).isEqualTo("Colors");
    assertThat(tab.errors()).isEmpty();
  }

  @Test
  void pageOfTheApi_runsARequest() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 2, "Hello there")));
    tab.open("http://127.0.0.1:" + api.port() + "/docs");
    String operation = "[id$=\"-completion\"].opblock";
    tab.click(operation + " .opblock-summary-control");
    tab.click(operation + " .try-out__btn");
    tab.click(operation + " .execute");

    tab.await(
        "document.querySelector('%s .live-responses-table').innerText.includes('Hello there')"
            .formatted(operation));
  }

  private static String resource(String name) throws Exception {
    try (InputStream in = ChatPageIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
