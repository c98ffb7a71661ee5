package io.millrace.worker.intake;

import java.time.Duration;

/**
 * How long requests have had slots of a worker since it began.
 *
 * @param ended how many have ended, answered or not
 * @param held the times of all requests together, those that are held now included
 */
public record SlotTimes(long ended, Duration held) {}
