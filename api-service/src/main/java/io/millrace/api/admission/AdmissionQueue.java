package io.millrace.api.admission;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.tenant.Tenant;
import io.millrace.kafka.WorkerLoad;
import io.millrace.protocol.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The queue before Kafka in which requests wait for their turn. Kafka's queue is first come, first
 * served, so whoever is to overtake must do so here: requests of other tenants, and more urgent
 * ones. What waits here is held by its connection alone; nothing of it is stored or promised.
 *
 * <p>One that is off lets everybody through at once. Safe for use by several threads.
 */
public final class AdmissionQueue implements AutoCloseable {
  /** How often it is looked whether there is room, besides whenever a request begins or ends. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final boolean enabled;
  private final long mostCharacters;
  private final Function<String, WorkerLoad> loads;
  private final LongSupplier nanoTime;
  private final AtomicLong numbers = new AtomicLong();
  private final Disposable look;

  // Guarded by this.
  private final Map<String, ModelQueue<Ticket>> queues = new HashMap<>();
  private final Map<String, SlotCount> slots = new HashMap<>();
  private long characters;

  /**
   * @param enabled whether requests wait here at all
   * @param mostCharacters of the prompts that wait
   * @param loads what the workers of a model can hold, and hold
   */
  public AdmissionQueue(
      boolean enabled,
      long mostCharacters,
      Function<String, WorkerLoad> loads,
      LongSupplier nanoTime) {
    this.enabled = enabled;
    this.mostCharacters = mostCharacters;
    this.loads = loads;
    this.nanoTime = nanoTime;
    this.look =
        enabled
            ? Schedulers.parallel()
                .schedulePeriodically(
                    this::letIn, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS)
            : () -> {};
  }

  /** A request's way through this queue, into Kafka's, and to its end. */
  public final class Ticket {
    private final AdmissionRequest request;
    private final Sinks.Empty<Void> admitted = Sinks.empty();

    // Guarded by the queue.
    private Stage stage = Stage.WAITING;
    private final QueueEntry<Ticket> entry;

    private Ticket(AdmissionRequest request) {
      this.request = request;
      this.entry =
          new QueueEntry<>(
              request.tenant(), request.rank(), numbers.getAndIncrement(), request.tokens(), this);
    }

    /** Completes when it is let in; fails if it is evicted for another. */
    public Mono<Void> admitted() {
      return admitted.asMono();
    }

    /** Whether it was let in. */
    public boolean isAdmitted() {
      synchronized (AdmissionQueue.this) {
        return stage != Stage.WAITING;
      }
    }

    /** Says that a worker has begun with it. */
    public void started() {
      move(Stage.STARTED, 0);
    }

    /**
     * Says that it is over, wherever it is.
     *
     * @param tokens that it took
     */
    public void leave(long tokens) {
      move(Stage.LEFT, tokens);
    }

    private void move(Stage next, long tokens) {
      synchronized (AdmissionQueue.this) {
        if (!enabled || !request.waits() || next.ordinal() <= stage.ordinal()) {
          return;
        }
        take(this, next, tokens);
        stage = next;
      }
      letIn();
    }
  }

  private enum Stage {
    WAITING,
    ADMITTED,
    STARTED,
    LEFT
  }

  /** Enters a request. */
  public Ticket enter(AdmissionRequest request) {
    Ticket ticket = new Ticket(request);
    if (!enabled || !request.waits()) {
      synchronized (this) {
        ticket.stage = Stage.ADMITTED;
      }
      ticket.admitted.tryEmitEmpty();
      return ticket;
    }
    synchronized (this) {
      if (characters + request.characters() > mostCharacters) {
        throw new RequestFailed(
            FailureKind.OVERLOADED,
            "the prompts that wait have %d characters already; try again later"
                .formatted(characters));
      }
      characters += request.characters();
      queue(request.model()).arrive(ticket.entry);
    }
    letIn();
    return ticket;
  }

  /** Guarded by this. */
  private void take(Ticket ticket, Stage next, long tokens) {
    ModelQueue<Ticket> queue = queue(ticket.request.model());
    if (ticket.stage == Stage.WAITING) {
      characters -= ticket.request.characters();
      queue.remove(ticket.entry);
    } else if (next == Stage.STARTED) {
      queue.started();
    } else {
      boolean begun = ticket.stage == Stage.STARTED;
      queue.left(ticket.request.tenant(), begun, tokens - ticket.request.tokens());
    }
  }

  private void letIn() {
    List<Ticket> next = new ArrayList<>();
    synchronized (this) {
      queues.forEach((model, queue) -> letIn(model, queue, next));
    }
    // Whoever is told goes on at once, and may come back here.
    next.forEach(ticket -> ticket.admitted.tryEmitEmpty());
  }

  private void letIn(String model, ModelQueue<Ticket> queue, List<Ticket> admitted) {
    if (queue.size() == 0) {
      return;
    }
    int now =
        slots
            .computeIfAbsent(model, name -> new SlotCount())
            .of(loads.apply(model), queue.numStarted());
    for (Optional<QueueEntry<Ticket>> next = queue.next(now);
        next.isPresent();
        next = queue.next(now)) {
      Ticket ticket = next.get().element();
      ticket.stage = Stage.ADMITTED;
      characters -= ticket.request.characters();
      admitted.add(ticket);
    }
  }

  /**
   * Makes room for another request, at the cost of the tenant that has most waiting for its weight.
   *
   * @return false if that is this tenant, or nobody waits here
   */
  public boolean makeRoom(String model, Tenant tenant) {
    Ticket evicted;
    synchronized (this) {
      evicted = queue(model).evictFor(tenant).map(QueueEntry::element).orElse(null);
      if (evicted == null) {
        return false;
      }
      characters -= evicted.request.characters();
      evicted.stage = Stage.LEFT;
    }
    evicted.admitted.tryEmitError(
        new RequestFailed(
            FailureKind.OVERLOADED,
            "the queue is full, and %s has most waiting; try again later"
                .formatted(evicted.request.tenant().name())));
    return true;
  }

  /** How many requests to a model wait here. */
  public synchronized int numWaiting(String model) {
    return queue(model).size();
  }

  /** How many requests of a tenant wait here. */
  public synchronized int numWaiting(Tenant tenant) {
    return queues.values().stream().mapToInt(queue -> queue.size(tenant)).sum();
  }

  /** How many go before another one of that tenant. */
  synchronized long before(String model, Tenant tenant) {
    return queue(model).before(tenant);
  }

  private ModelQueue<Ticket> queue(String model) {
    return queues.computeIfAbsent(model, name -> new ModelQueue<>(nanoTime));
  }

  @Override
  public void close() {
    look.dispose();
  }
}
