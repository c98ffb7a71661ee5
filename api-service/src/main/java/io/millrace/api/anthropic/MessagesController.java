package io.millrace.api.anthropic;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.answer.Stamp;
import io.millrace.api.answer.Surface;
import io.millrace.api.answer.SurfaceEndpoint;
import io.millrace.api.answer.WholeFormat;
import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.KnownFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenizeParams;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Anthropic's endpoints for messages. Its headers are accepted; nothing in them is asked for. */
@RestController
record MessagesController(AnswerHandler answers, ServedModels models) implements Surface {

  /** How many tokens a conversation has. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Count(int inputTokens) {}

  @PostMapping("/v1/messages")
  Mono<Void> create(ServerWebExchange http) {
    return answers.answer(http, this::message);
  }

  @PostMapping("/v1/messages/count_tokens")
  Mono<Void> countTokens(ServerWebExchange http) {
    return answers.answer(http, (stamp, body) -> count(body));
  }

  @Override
  public List<SurfaceEndpoint> endpoints() {
    return List.of(new SurfaceEndpoint(Endpoint.MESSAGES, this::message, MessageError::of));
  }

  private Inquiry message(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.MESSAGES);
    StopCriteria stop = MessagesBody.stop(body);
    Question question =
        new Question(
            model(body),
            MessagesBody.chat(body),
            TokenizeParams.USUAL,
            body.as(SamplingParams.class),
            stop,
            OutputParams.TEXT,
            MessagesBody.format(body),
            // Its tiers are other ones, and are as good as unsaid.
            new SchedulingParams(body.get("priority", Integer.class, 0), null),
            body.flag("stream"));
    return new Inquiry(
        question, new MessagesFormat("msg_" + stamp.id(), question.model(), stop.stop()));
  }

  private Inquiry count(JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.COUNT_TOKENS);
    Question question =
        Question.ofPrompt(
            model(body),
            MessagesBody.chat(body),
            TokenizeParams.USUAL,
            OutputParams.TEXT.withPromptTokens(false));
    WholeFormat format = answer -> new Count(answer.usage().promptTokens());
    return new Inquiry(question, format);
  }

  private String model(JsonBody body) {
    return models.resolve(body.get("model", String.class));
  }
}
