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
 * The room before Kafka in which requests wait for their turn. Kafka's queue is first come, first
 * served, so whoever is to overtake must do so here: requests of other tenants, and more urgent
 * ones. What waits here is held by its connection alone; nothing of it is stored or promised.
 *
 * <p>A room that is not kept lets everybody through at once. Safe for use by several threads.
 */
public final class WaitingRoom implements AutoCloseable {
  /** How often it is looked whether there is room, besides whenever a request begins or ends. */
  private static final Duration LOOK = Duration.ofMillis(250);

  private final boolean kept;
  private final long mostCharacters;
  private final Function<String, WorkerLoad> loads;
  private final LongSupplier nanoTime;
  private final AtomicLong numbers = new AtomicLong();
  private final Disposable look;

  // Guarded by this.
  private final Map<String, Lane<Visit>> lanes = new HashMap<>();
  private final Map<String, SlotCount> slots = new HashMap<>();
  private long characters;

  /**
   * @param kept whether requests wait here at all
   * @param mostCharacters of the prompts that wait
   * @param loads what the workers of a model can hold, and hold
   */
  public WaitingRoom(
      boolean kept,
      long mostCharacters,
      Function<String, WorkerLoad> loads,
      LongSupplier nanoTime) {
    this.kept = kept;
    this.mostCharacters = mostCharacters;
    this.loads = loads;
    this.nanoTime = nanoTime;
    this.look =
        kept
            ? Schedulers.parallel()
                .schedulePeriodically(
                    this::letIn, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS)
            : () -> {};
  }

  /** A request's way through the room, into the queue, and to its end. */
  public final class Visit {
    private final Guest guest;
    private final Sinks.Empty<Void> admitted = Sinks.empty();

    // Guarded by the room.
    private Stage stage = Stage.WAITING;
    private final Place<Visit> place;

    private Visit(Guest guest) {
      this.guest = guest;
      this.place =
          new Place<>(
              guest.tenant(), guest.rank(), numbers.getAndIncrement(), guest.tokens(), this);
    }

    /** Completes when it is let in; fails if its place is taken by another. */
    public Mono<Void> admitted() {
      return admitted.asMono();
    }

    /** Whether it was let in. */
    public boolean isAdmitted() {
      synchronized (WaitingRoom.this) {
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
      synchronized (WaitingRoom.this) {
        if (!kept || !guest.waits() || next.ordinal() <= stage.ordinal()) {
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
  public Visit enter(Guest guest) {
    Visit visit = new Visit(guest);
    if (!kept || !guest.waits()) {
      synchronized (this) {
        visit.stage = Stage.ADMITTED;
      }
      visit.admitted.tryEmitEmpty();
      return visit;
    }
    synchronized (this) {
      if (characters + guest.characters() > mostCharacters) {
        throw new RequestFailed(
            FailureKind.OVERLOADED,
            "the prompts that wait have %d characters already; try again later"
                .formatted(characters));
      }
      characters += guest.characters();
      lane(guest.model()).arrive(visit.place);
    }
    letIn();
    return visit;
  }

  /** Guarded by this. */
  private void take(Visit visit, Stage next, long tokens) {
    Lane<Visit> lane = lane(visit.guest.model());
    if (visit.stage == Stage.WAITING) {
      characters -= visit.guest.characters();
      lane.remove(visit.place);
    } else if (next == Stage.STARTED) {
      lane.started();
    } else {
      boolean begun = visit.stage == Stage.STARTED;
      lane.left(visit.guest.tenant(), begun, tokens - visit.guest.tokens());
    }
  }

  private void letIn() {
    List<Visit> next = new ArrayList<>();
    synchronized (this) {
      lanes.forEach((model, lane) -> letIn(model, lane, next));
    }
    // Whoever is told goes on at once, and may come back here.
    next.forEach(visit -> visit.admitted.tryEmitEmpty());
  }

  private void letIn(String model, Lane<Visit> lane, List<Visit> admitted) {
    if (lane.size() == 0) {
      return;
    }
    int now =
        slots
            .computeIfAbsent(model, name -> new SlotCount())
            .of(loads.apply(model), lane.numStarted());
    for (Optional<Place<Visit>> next = lane.next(now); next.isPresent(); next = lane.next(now)) {
      Visit visit = next.get().element();
      visit.stage = Stage.ADMITTED;
      characters -= visit.guest.characters();
      admitted.add(visit);
    }
  }

  /**
   * Makes place for another request, at the cost of the tenant that has most waiting for its
   * weight.
   *
   * @return false if that is this tenant, or nobody waits here
   */
  public boolean makePlace(String model, Tenant tenant) {
    Visit evicted;
    synchronized (this) {
      evicted = lane(model).evictFor(tenant).map(Place::element).orElse(null);
      if (evicted == null) {
        return false;
      }
      characters -= evicted.guest.characters();
      evicted.stage = Stage.LEFT;
    }
    evicted.admitted.tryEmitError(
        new RequestFailed(
            FailureKind.OVERLOADED,
            "the queue is full, and %s has most waiting; try again later"
                .formatted(evicted.guest.tenant().name())));
    return true;
  }

  /** How many requests to a model wait here. */
  public synchronized int numWaiting(String model) {
    return lane(model).size();
  }

  /** How many requests of a tenant wait here. */
  public synchronized int numWaiting(Tenant tenant) {
    return lanes.values().stream().mapToInt(lane -> lane.size(tenant)).sum();
  }

  /** How many go before another one of that tenant. */
  synchronized long before(String model, Tenant tenant) {
    return lane(model).before(tenant);
  }

  private Lane<Visit> lane(String model) {
    return lanes.computeIfAbsent(model, name -> new Lane<>(nanoTime));
  }

  @Override
  public void close() {
    look.dispose();
  }
}
