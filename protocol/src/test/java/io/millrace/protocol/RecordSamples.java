package io.millrace.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A record of every kind, each with all of its fields or with few. */
final class RecordSamples {
  static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  static final ReplyAddress REPLY = new ReplyAddress("answers", 3);

  /** In order, as its bytes are compared. */
  static final Map<String, Object> MESSAGE = new TreeMap<>(Map.of("content", "hi", "role", "user"));

  private RecordSamples() {}

  static GenerationRequest wholeRequest() {
    return new GenerationRequest(
            "a-1",
            "some/model",
            new Prompt.Chat(
                List.of(MESSAGE),
                false,
                List.of(Map.of("type", "function")),
                Map.of("enable_thinking", true),
                false,
                null,
                null,
                List.of(Map.of("text", "it rains")),
                "{{ messages }}",
                ReasoningEffort.LOW,
                64),
            SamplingParams.NONE
                .withTemperature(0.7)
                .withTopP(0.9)
                .withTopK(40)
                .withMinP(0.05)
                .withRepetitionPenalty(1.1)
                .withPresencePenalty(0.5)
                .withFrequencyPenalty(-0.5)
                .withSeed(42L)
                .withRules(new TokenRules(3, List.of(2, 7), Map.of(5, -1.5))),
            new StopCriteria(100, 2, List.of("\n\n", "END"), List.of(5, 6), true),
            new OutputParams(2, 5, 3, 0, true),
            false,
            NOW,
            NOW.plusSeconds(60),
            REPLY.withReader("api-1"))
        .withFormat(
            ConstraintFields.of(
                new ResponseFormat(
                    "json_schema",
                    new ResponseFormat.NamedSchema(
                        "person",
                        null,
                        true,
                        JsonRecords.MAPPER.createObjectNode().put("type", "object")))));
  }

  static GenerationRequest smallRequest(Prompt prompt) {
    return new GenerationRequest(
        "a-1",
        "m",
        prompt,
        SamplingParams.NONE,
        StopCriteria.MODEL_DEFAULTS,
        false,
        NOW,
        null,
        new ReplyAddress("answers", null));
  }

  static List<Reply> replies() {
    return List.of(
        new Reply.Accepted("a", 2, "w", "q-0@1", 17),
        new Reply.Delta("a", 2, 3, 3, " wörld"),
        new Reply.Delta(
            "a",
            2,
            3,
            3 - 1,
            1,
            AnswerPiece.of("x"),
            FinishReason.STOP,
            List.of(3),
            List.of(place(0), place(1)),
            prompt()),
        new Reply.Finished(
            "a",
            2,
            new Reply.Choice(0, 4, AnswerPiece.of("!"), FinishReason.STOP, List.of(), List.of()),
            new Usage(5, 4)),
        new Reply.Finished(
            "a",
            2,
            4,
            List.of(
                new Reply.Choice(
                    0, 0, AnswerPiece.of("!"), FinishReason.STOP, List.of(), List.of(place(0))),
                new Reply.Choice(
                    1, 0, AnswerPiece.of("?"), FinishReason.LENGTH, List.of(), List.of())),
            new Usage(5, 4),
            List.of(prompt())),
        new Reply.Finished(
            "a",
            2,
            4,
            List.of(
                new Reply.Choice(
                    0, 0, AnswerPiece.of("!"), FinishReason.STOP, List.of(), List.of()),
                new Reply.Choice(
                    1, 0, AnswerPiece.of("?"), FinishReason.STOP, List.of(), List.of())),
            new Usage(5, 4),
            List.of(new PromptReport(0, "hi", List.of()), new PromptReport(1, "ho", List.of()))),
        new Reply.Delta("a", 2, 4, 3, 0, calls(), null, List.of(9), List.of(), null),
        new Reply.Finished(
            "a",
            2,
            new Reply.Choice(0, 3, calls(), FinishReason.TOOL_CALLS, List.of(9), List.of()),
            new Usage(5, 4)),
        new Reply.Failed("a", 2, 4, FailureKind.DEADLINE, "too late", null),
        new Reply.Failed("a", 2, 0, FailureKind.INVALID, "no", "prompt"));
  }

  /** A call that is more told of, and one that begins. */
  static AnswerPiece calls() {
    return new AnswerPiece(
        "",
        "hm",
        List.of(ToolCallDelta.more(0, "}"), ToolCallDelta.begin(1, "call_1", "time", "")));
  }

  static List<JobRecord> jobs() {
    RecordPlace place = new RecordPlace("events", 3, 17);
    return List.of(
        new JobRecord.Submitted(
            "job_1",
            "/v1/completions",
            "m",
            JsonRecords.MAPPER.createObjectNode().put("prompt", "hi"),
            RequestClass.BATCH,
            NOW,
            NOW.plusSeconds(60),
            ReplyAddress.ofJob("events", 3),
            JsonRecords.MAPPER.createObjectNode().put("row", 7),
            "https://a.example/hook",
            "k",
            "f",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        JobRecord.State.ofApi("job_1", JobStatus.QUEUED, NOW, place, null),
        new JobRecord.State(
            "job_1",
            JobStatus.FAILED,
            2,
            NOW,
            NOW,
            null,
            "w",
            place,
            place,
            new Usage(5, 4),
            new Problem(FailureKind.INTERNAL, "no", null)),
        new JobRecord.Callback("job_1", "api-1", false, 1, NOW, NOW));
  }

  static WorkerState workerState() {
    return new WorkerState("w", "m", 8, 3, 2, 1, "cpu", 100, 50, 0.25, 17, 5000, 2, NOW);
  }

  static ModelState modelState() {
    return new ModelState("m", 100, 50, 2, NOW);
  }

  static TokenLogprobs place(int offset) {
    ScoredToken token = ScoredToken.of(7, new byte[] {(byte) 0xE2, 0x41}, -1.25, 3);
    return new TokenLogprobs(
        token, offset, List.of(new ScoredToken(9, "héllo", null, -0.5, 1), token));
  }

  static PromptReport prompt() {
    ScoredToken first = new ScoredToken(1, "<s>", null, null, 0);
    return new PromptReport("hi", List.of(new TokenLogprobs(first, 0, List.of()), place(2)));
  }

  /** Bytes as text that can be written in Java without escapes. */
  static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8).replace('"', '\'');
  }
}
