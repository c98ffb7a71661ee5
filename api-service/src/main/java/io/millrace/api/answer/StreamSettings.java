package io.millrace.api.answer;

import java.time.Duration;

/**
 * What keeps a stream's connection open while nothing is said.
 *
 * @param headDelay how long the head waits for a refusal, which could not have a status after it
 * @param pingInterval from one comment line to the next; zero for the first alone
 */
public record StreamSettings(Duration headDelay, Duration pingInterval) {}
