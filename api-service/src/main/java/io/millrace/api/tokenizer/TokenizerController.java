package io.millrace.api.tokenizer;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.Inquiry;
import io.millrace.api.answer.WholeFormat;
import io.millrace.api.body.Endpoint;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.KnownFields;
import io.millrace.api.body.PromptFields;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.TokenizeParams;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The endpoints that ask how text becomes tokens, and tokens text. */
@RestController
record TokenizerController(AnswerHandler answers, ServedModels models) {
  /**
   * The tokens of a text or a conversation.
   *
   * @param maxModelLen the longest prompt that a worker takes; null while none says so
   * @param tokenStrs what each token adds to a text; null unless asked for
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Tokens(
      int count,
      @Nullable Integer maxModelLen,
      List<Integer> tokens,
      @Nullable List<String> tokenStrs) {}

  /** The text of tokens. */
  record Text(String prompt) {}

  @PostMapping("/tokenize")
  Mono<Void> tokenize(ServerWebExchange http) {
    return answers.answer(http, (stamp, body) -> tokens(body));
  }

  @PostMapping("/detokenize")
  Mono<Void> detokenize(ServerWebExchange http) {
    return answers.answer(http, (stamp, body) -> text(body));
  }

  private Inquiry tokens(JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.TOKENIZE);
    String model = models.resolve(body.get("model", String.class));
    if (body.has("messages") && body.has("prompt")) {
      throw new Invalid("prompt", "prompt and messages exclude each other");
    }
    Prompt prompt =
        body.has("messages")
            ? PromptFields.chat(body)
            : new Prompt.Text(body.require("prompt", String.class));
    boolean texts = body.flag("return_token_strs");
    OutputParams output = OutputParams.TEXT.withPromptTokens(texts);
    WholeFormat format =
        answer -> {
          PromptReport told = Objects.requireNonNull(answer.prompt(0));
          return new Tokens(
              told.tokenIds().size(),
              models.maxInputLen(model),
              told.tokenIds(),
              texts ? told.tokenStrs() : null);
        };
    return new Inquiry(
        Question.ofPrompt(model, prompt, body.as(TokenizeParams.class), output), format);
  }

  private Inquiry text(JsonBody sent) {
    JsonBody body = KnownFields.obeyed(sent, Endpoint.DETOKENIZE);
    String model = models.resolve(body.get("model", String.class));
    if (!body.has("tokens")) {
      throw new Invalid("tokens", "tokens is required");
    }
    Prompt prompt = Prompt.Tokens.of(body.list("tokens", Integer.class), "tokens");
    OutputParams output = OutputParams.TEXT.withEcho().withSpecialTokens();
    WholeFormat format =
        answer -> new Text(Objects.requireNonNull(Objects.requireNonNull(answer.prompt(0)).text()));
    return new Inquiry(Question.ofPrompt(model, prompt, TokenizeParams.USUAL, output), format);
  }
}
