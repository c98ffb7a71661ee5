package io.millrace.standalone.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** A browser without a window, in a process and a profile of its own. */
public final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Pattern ADDRESS = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final Path profile;
  private final DevTools tools;

  private Chromium(Process process, Path profile, DevTools tools) {
    this.process = process;
    this.profile = profile;
    this.tools = tools;
  }

  /** The program, if one of its names is on the path. */
  public static Optional<Path> installed() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return NAMES.stream()
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it, and returns when it can be driven. */
  public static Chromium start(Path program) throws IOException {
    Path profile = Files.createTempDirectory("millrace-chromium");
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "--headless=new",
            // It shows pages of this test alone, and root may not use the sandbox.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-extensions",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank");
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    return new Chromium(process, profile, DevTools.connect(address(process)));
  }

  private static String address(Process process) throws IOException {
    BufferedReader said = process.errorReader();
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher matcher = ADDRESS.matcher(line);
      if (matcher.find()) {
        drain(said);
        return matcher.group(1);
      }
      all.append(line).append('\n');
    }
    throw new IOException("Chromium has ended: " + all);
  }

  /** A full pipe would halt it. */
  private static void drain(BufferedReader said) {
    Thread reader = new Thread(() -> said.lines().forEach(line -> {}), "chromium-errors");
    reader.setDaemon(true);
    reader.start();
  }

  /** A tab whose storage is its own. */
  public Tab newTab() {
    String context =
        tools.send("Target.createBrowserContext", Map.of(), "").path("browserContextId").asString();
    String target =
        tools
            .send(
                "Target.createTarget",
                Map.of("url", "about:blank", "browserContextId", context),
                "")
            .path("targetId")
            .asString();
    return Tab.attach(tools, target, context);
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    tools.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
    } catch (InterruptedException e) {
      all.forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
    all.forEach(each -> each.onExit().join());
    FileSystemUtils.deleteRecursively(profile);
  }
}
