package io.millrace.api.openai;

import io.millrace.api.answer.Answering;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.body.PromptFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.JsonFields;
import io.millrace.protocol.Prompt;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

@RestController
final class CompletionsController {
  private final Answering answering;
  private final ServedModels models;
  private final OpenAiFormat.Choices text = new TextChoices();
  private final OpenAiFormat.Choices chat;

  CompletionsController(
      Answering answering,
      ServedModels models,
      @Value("${millrace.response-role}") String responseRole) {
    this.answering = answering;
    this.models = models;
    this.chat = new ChatChoices(responseRole);
  }

  @PostMapping("/v1/completions")
  Mono<Void> completions(ServerWebExchange http) {
    return answering.answer(
        http, (id, body) -> inquiry("cmpl-" + id, body, PromptFields.completion(body), text));
  }

  @PostMapping("/v1/chat/completions")
  Mono<Void> chatCompletions(ServerWebExchange http) {
    return answering.answer(
        http, (id, body) -> inquiry("chatcmpl-" + id, body, PromptFields.chat(body), chat));
  }

  private Inquiry inquiry(String id, JsonFields body, Prompt prompt, OpenAiFormat.Choices choices) {
    Question question = OpenAiBody.question(body, prompt, models);
    long now = Instant.now().getEpochSecond();
    return new Inquiry(
        question,
        new OpenAiFormat(id, now, question.model(), choices, OpenAiBody.includeUsage(body)));
  }
}
