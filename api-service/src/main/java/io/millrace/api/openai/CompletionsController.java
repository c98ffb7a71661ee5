package io.millrace.api.openai;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.answer.Stamp;
import io.millrace.api.answer.Surface;
import io.millrace.api.answer.SurfaceEndpoint;
import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.KnownFields;
import io.millrace.api.body.PromptFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.OutputParams;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** OpenAI's endpoints for completions and chats. */
@RestController
record CompletionsController(AnswerHandler answers, ServedModels models, ApiOptions options)
    implements Surface {

  @PostMapping("/v1/completions")
  Mono<Void> completions(ServerWebExchange http) {
    return answers.answer(http, this::completion);
  }

  @PostMapping("/v1/chat/completions")
  Mono<Void> chatCompletions(ServerWebExchange http) {
    return answers.answer(http, this::chat);
  }

  @Override
  public List<SurfaceEndpoint> endpoints() {
    return List.of(
        SurfaceEndpoint.of(Endpoint.COMPLETIONS, this::completion),
        SurfaceEndpoint.of(Endpoint.CHAT_COMPLETIONS, this::chat));
  }

  private Inquiry completion(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.COMPLETIONS);
    OutputParams output = OutputFields.completion(body);
    Question question = OpenAiBody.question(body, PromptFields.completion(body), output, models);
    return inquiry("cmpl-", stamp, body, question, new TextChoices(output));
  }

  private Inquiry chat(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.CHAT_COMPLETIONS);
    OutputParams output = OutputFields.chat(body);
    Question question = OpenAiBody.question(body, PromptFields.chat(body), output, models);
    return inquiry(
        "chatcmpl-", stamp, body, question, new ChatChoices(options.responseRole(), output));
  }

  private static Inquiry inquiry(
      String prefix, Stamp stamp, JsonBody body, Question question, OpenAiFormat.Choices choices) {
    return new Inquiry(
        question,
        new OpenAiFormat(
            prefix + stamp.id(),
            stamp.created(),
            question.model(),
            choices,
            OpenAiBody.includeUsage(body),
            OpenAiBody.toldTier(question)));
  }
}
