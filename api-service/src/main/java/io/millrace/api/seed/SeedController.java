package io.millrace.api.seed;

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
import io.millrace.protocol.ChatMessage;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.TokenizeParams;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The seed's endpoints for completions and chats. */
@RestController
record SeedController(AnswerHandler answers, ServedModels models, ApiOptions options)
    implements Surface {

  @PostMapping("/completion")
  Mono<Void> completion(ServerWebExchange http) {
    return answers.answer(http, this::completionInquiry);
  }

  @PostMapping("/chat")
  Mono<Void> chat(ServerWebExchange http) {
    return answers.answer(http, this::chatInquiry);
  }

  @Override
  public List<SurfaceEndpoint> endpoints() {
    return List.of(
        SurfaceEndpoint.of(Endpoint.COMPLETION, this::completionInquiry),
        SurfaceEndpoint.of(Endpoint.CHAT, this::chatInquiry));
  }

  private Inquiry completionInquiry(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.COMPLETION);
    Question question = question(body, PromptFields.completion(body));
    return new Inquiry(question, new CompletionFormat(stamp.id(), question.numAnswers()));
  }

  /** Whoever speaks next answers; without a generation prompt, the last message is continued. */
  private Inquiry chatInquiry(Stamp stamp, JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.CHAT);
    Prompt.Chat asked = PromptFields.chat(body);
    Prompt.Chat chat = asked.addGenerationPrompt() ? asked : asked.continuingFinalMessage();
    Map<String, Object> last = chat.messages().get(chat.messages().size() - 1);
    String lastRole = String.valueOf(last.get("role"));
    String role = chat.addGenerationPrompt() ? options.responseRole() : lastRole;
    boolean echo = body.flag("echo") && role.equals(lastRole);
    String echoed = echo ? ChatMessage.text(last) : "";
    Question question = question(body, chat);
    return new Inquiry(question, new ChatFormat(role, echoed, question.output().n()));
  }

  private Question question(JsonBody body, Prompt prompt) {
    String model = models.resolve(body.get("model", String.class));
    TokenizeParams tokenizing = body.as(TokenizeParams.class);
    models.refuseTooLong(model, prompt, tokenizing);
    return new Question(
        model,
        prompt,
        tokenizing,
        GenerationFields.sampling(body),
        GenerationFields.stop(body, prompt),
        GenerationFields.output(body),
        body.as(ConstraintFields.class),
        body.as(SchedulingParams.class),
        body.flag("stream"));
  }
}
