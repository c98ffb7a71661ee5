package io.millrace.api.openai;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.KnownFields;
import io.millrace.api.body.PromptFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.OutputParams;
import java.time.Instant;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** OpenAI's endpoints for completions and chats. */
@RestController
record CompletionsController(AnswerHandler answers, ServedModels models, ApiOptions options) {

  @PostMapping("/v1/completions")
  Mono<Void> completions(ServerWebExchange http) {
    return answers.answer(http, this::completion);
  }

  @PostMapping("/v1/chat/completions")
  Mono<Void> chatCompletions(ServerWebExchange http) {
    return answers.answer(http, this::chat);
  }

  private Inquiry completion(String id, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.COMPLETIONS);
    OutputParams output = OutputFields.completion(body);
    Question question = OpenAiBody.question(body, PromptFields.completion(body), output, models);
    return inquiry("cmpl-" + id, body, question, new TextChoices(output));
  }

  private Inquiry chat(String id, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.CHAT_COMPLETIONS);
    OutputParams output = OutputFields.chat(body);
    Question question = OpenAiBody.question(body, PromptFields.chat(body), output, models);
    return inquiry(
        "chatcmpl-" + id, body, question, new ChatChoices(options.responseRole(), output));
  }

  private static Inquiry inquiry(
      String id, JsonBody body, Question question, OpenAiFormat.Choices choices) {
    long now = Instant.now().getEpochSecond();
    return new Inquiry(
        question,
        new OpenAiFormat(id, now, question.model(), choices, OpenAiBody.includeUsage(body)));
  }
}
