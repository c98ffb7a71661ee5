package io.millrace.models.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The download of one file's content into the cache, which resumes where it broke off. What has
 * arrived lies in {@code HASH.incomplete}, from where a later try, or a later process, goes on. It
 * becomes a blob only when its hash is right.
 */
final class BlobDownload {
  private static final int BUFFER_BYTES = 1 << 17;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final HubConnection connection;
  private final Retries retries;
  private final RemoteFile file;
  private final Path blob;
  private final Path part;
  private final Progress.Step progress;
  private final Progress verifying;
  private long reached;
  private long reachedBefore;

  BlobDownload(
      HubConnection connection,
      Retries retries,
      RemoteFile file,
      Path blob,
      Progress.Step progress,
      Progress verifying) {
    this.connection = connection;
    this.retries = retries;
    this.file = file;
    this.blob = blob;
    this.part = blob.resolveSibling(blob.getFileName() + ".incomplete");
    this.progress = progress;
    this.verifying = verifying;
  }

  void run() throws IOException {
    Files.createDirectories(blob.getParent());
    reached = Files.exists(part) ? Files.size(part) : 0;
    progress.found(reached);
    boolean resumed = reached > 0;
    fetch();
    boolean right = isRight();
    if (resumed && !right) {
      // What an earlier process left may have been damaged already.
      startOver();
      fetch();
      right = isRight();
    }
    if (!right) {
      Files.delete(part);
      throw new HubFailure(
          file.name() + " arrives damaged: its hash is not " + file.etag(),
          "try again; if that does not help, a proxy in between may change what it passes on");
    }
    Files.move(part, blob, StandardCopyOption.ATOMIC_MOVE);
  }

  private void fetch() throws IOException {
    if (reached != file.size() || !Files.exists(part)) {
      retries.run("downloading " + file.name(), this::receive, this::hasProgressed);
    }
  }

  private boolean isRight() throws IOException {
    try (Progress.Step step = verifying.begin("verifying " + file.name(), file.size())) {
      return ContentHash.matches(part, file.etag(), step);
    }
  }

  private boolean hasProgressed() {
    boolean progressed = reached > reachedBefore;
    reachedBefore = reached;
    return progressed;
  }

  private Path receive() throws IOException {
    try {
      HttpURLConnection answer = connection.get(file.location(), reached);
      int status = answer.getResponseCode();
      if (status == RANGE_NOT_SATISFIABLE || reached > file.size()) {
        startOver();
        throw new Retries.Transient("what was there does not fit", Duration.ZERO);
      }
      if (status != OK && status != PARTIAL) {
        throw new HubFailure(
            file.location().getAuthority() + " answers " + status + " for " + file.name(), null);
      }
      if (status == OK) {
        startOver();
      }
      append(answer);
    } catch (HubFailure | Retries.Transient e) {
      throw e;
    } catch (IOException e) {
      throw new Retries.Transient("the connection broke: " + e.getMessage(), Duration.ZERO);
    }
    if (reached < file.size()) {
      throw new Retries.Transient("the connection ended early", Duration.ZERO);
    }
    return part;
  }

  private void append(HttpURLConnection answer) throws IOException {
    try (InputStream in = answer.getInputStream();
        OutputStream out =
            Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        write(out, buffer, read);
        reached += read;
        progress.advance(read);
        if (reached > file.size()) {
          throw new HubFailure(file.name() + " is longer than the hub says", null);
        }
      }
    }
  }

  /** A full disk is no reason to ask the server again. */
  private void write(OutputStream out, byte[] buffer, int length) throws IOException {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new HubFailure("cannot write " + part + ": " + e.getMessage(), "check the disk");
    }
  }

  private void startOver() throws IOException {
    Files.deleteIfExists(part);
    progress.found(-reached);
    reached = 0;
    reachedBefore = 0;
  }
}
