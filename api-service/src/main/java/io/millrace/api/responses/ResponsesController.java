package io.millrace.api.responses;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.answer.Stamp;
import io.millrace.api.answer.Surface;
import io.millrace.api.answer.SurfaceEndpoint;
import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.KnownFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Invalid;
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

/** OpenAI's endpoint for responses. */
@RestController
record ResponsesController(AnswerHandler answers, ServedModels models) implements Surface {

  @PostMapping("/v1/responses")
  Mono<Void> create(ServerWebExchange http) {
    return answers.answer(http, this::inquiry);
  }

  @Override
  public List<SurfaceEndpoint> endpoints() {
    return List.of(SurfaceEndpoint.of(Endpoint.RESPONSES, this::inquiry));
  }

  private Inquiry inquiry(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.RESPONSES);
    refuseToStore(body);
    TextFormat format = TextFormat.of(body);
    ResponseTools tools = ResponseTools.of(body);
    Integer most = body.get("max_output_tokens", Integer.class);
    if (most != null) {
      Invalid.unlessAtLeast("max_output_tokens", most, 1);
    }
    SamplingParams sampling = body.as(SamplingParams.class);
    Question question =
        new Question(
            models.resolve(body.get("model", String.class)),
            tools.in(InputItems.chat(body)),
            TokenizeParams.USUAL,
            sampling,
            StopCriteria.MODEL_DEFAULTS.withMaxTokens(most),
            OutputParams.TEXT,
            format.constraint(),
            body.as(SchedulingParams.class),
            body.flag("stream"));
    ResponseFrame frame =
        new ResponseFrame(
            stamp.id(),
            stamp.created(),
            question.model(),
            body.get("instructions", String.class),
            most,
            body.node("metadata"),
            sampling,
            format,
            tools,
            question.scheduling());
    return new Inquiry(question, new ResponsesFormat(frame));
  }

  /** Who says nothing of it gets an answer that says that it is not stored. */
  private static void refuseToStore(JsonBody body) {
    if (body.get("store", Boolean.class, false)) {
      throw new Invalid("store", "store is not supported beyond false, but is true");
    }
  }
}
