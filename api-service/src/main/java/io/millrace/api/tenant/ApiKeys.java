package io.millrace.api.tenant;

import io.millrace.cli.StartFailure;
import io.millrace.protocol.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys by which tenants are known: those that the command was given, and those of a file, which
 * is read again whenever it has changed. A file that is broken by a change leaves all as it was.
 */
public final class ApiKeys implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApiKeys.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Whose keys those are that the command was given. */
  private static final Tenant OF_THE_COMMAND = Tenant.unlimited("default");

  private final List<String> given;
  private final @Nullable Path file;
  private final @Nullable ScheduledExecutorService timer;

  /** Of the timer alone, once it runs. */
  private byte[] content = {};

  private boolean missing;

  private volatile KeyRing ring = new KeyRing();

  /**
   * @param given keys of one tenant, {@code default}
   * @param file of tenants; null for none
   * @throws StartFailure if the file cannot be read, or is wrong
   */
  public ApiKeys(List<String> given, @Nullable Path file) {
    this.given = List.copyOf(given);
    this.file = file;
    try {
      if (file == null) {
        ring = withGiven(new KeyRing());
        timer = null;
      } else {
        read(Files.readAllBytes(file));
        timer = timer();
        timer.scheduleWithFixedDelay(
            this::reload, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (IOException | Invalid e) {
      throw new StartFailure("--api-key-file: cannot read %s: %s".formatted(file, told(e)), e);
    }
  }

  private static ScheduledExecutorService timer() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "key-timer");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Whether a key is asked for at all. */
  public boolean required() {
    return !given.isEmpty() || file != null;
  }

  /** Whose key that is. */
  public Optional<Tenant> find(String key) {
    return ring.find(key);
  }

  /** Everybody who has a key now. */
  public Collection<Tenant> tenants() {
    return ring.tenants();
  }

  /** Looks whether the file has changed. What is wrong with it is told once. */
  void reload() {
    try {
      byte[] now = Files.readAllBytes(Objects.requireNonNull(file));
      if (!Arrays.equals(now, content)) {
        read(now);
        log.info("the keys of {} tenants were read again", tenants().size());
      }
      missing = false;
    } catch (IOException e) {
      if (!missing) {
        warn(e);
      }
      missing = true;
    } catch (RuntimeException e) {
      warn(e);
    }
  }

  private void warn(Exception e) {
    log.warn("the keys stay as they were, {} cannot be read: {}", file, told(e));
  }

  /** A content is looked at once, whether it is good or not. */
  private void read(byte[] now) {
    content = now;
    ring = withGiven(KeyFile.read(now));
  }

  private KeyRing withGiven(KeyRing read) {
    for (String key : given) {
      if (!read.add(KeyRing.digest(key), OF_THE_COMMAND)) {
        throw new Invalid("keys", "a key of --api-key is there twice");
      }
    }
    return read;
  }

  /** A refusal names no key; what else may go wrong is told by its kind. */
  private static String told(Exception e) {
    return e instanceof Invalid ? String.valueOf(e.getMessage()) : e.toString();
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
