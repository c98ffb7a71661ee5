package io.millrace.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.TopicNames.RequestTopic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WireTest {
  private static final Instant NOW = RecordSamples.NOW;
  private static final ReplyAddress REPLY = RecordSamples.REPLY;

  @Test
  void request_survivesTheWire() {
    GenerationRequest request = RecordSamples.wholeRequest();

    assertThat(Wire.decodeRequest(Wire.encode(request), "other", Instant.EPOCH)).isEqualTo(request);
  }

  @Test
  void request_needsAPromptAndAnAddressOnly() {
    GenerationRequest request = decode("{\"prompt\":\"hi\",\"reply\":{\"topic\":\"answers\"}}");

    assertThat(request.id()).isEqualTo("fallback");
    assertThat(request.prompt()).isEqualTo(new Prompt.Text("hi"));
    assertThat(request.sampling()).isEqualTo(SamplingParams.NONE);
    assertThat(request.stop()).isEqualTo(StopCriteria.MODEL_DEFAULTS);
    assertThat(request.output()).isEqualTo(OutputParams.TEXT);
    assertThat(request.createdAt()).isEqualTo(NOW);
    assertThat(request.reply()).isEqualTo(new ReplyAddress("answers", null));
    assertThat(request.stream()).isFalse();
  }

  @Test
  void request_takesTokenIds() {
    assertThat(decode("{\"prompt\":[1,2],\"reply\":{\"topic\":\"answers\"}}").prompt())
        .isEqualTo(new Prompt.Tokens(List.of(1, 2)));
  }

  @Test
  void request_takesSeveralPrompts() {
    Prompt texts = new Prompt.Batch(List.of(new Prompt.Text("a"), new Prompt.Text("b")));
    Prompt ids =
        new Prompt.Batch(List.of(new Prompt.Tokens(List.of(1, 2)), new Prompt.Tokens(List.of(3))));
    for (Prompt batch : List.of(texts, ids)) {
      byte[] request = Wire.encode(RecordSamples.smallRequest(batch));
      assertThat(Wire.decodeRequest(request, "other", Instant.EPOCH).prompt()).isEqualTo(batch);
    }
    assertThat(decode("{\"prompt\":[\"a\"],\"reply\":{\"topic\":\"answers\"}}").prompt())
        .isEqualTo(new Prompt.Text("a"));
    assertThat(decode("{\"prompt\":[[1,2]],\"reply\":{\"topic\":\"answers\"}}").prompt())
        .isEqualTo(new Prompt.Tokens(List.of(1, 2)));
  }

  @Test
  void seed_minusOneIsNone() {
    assertThat(asking("'seed':-1").sampling().seed()).isNull();
    assertThat(asking("'seed':9223372036854775807").sampling().seed()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void lists_haveALimit() {
    String ids = "[" + "1,".repeat(1024) + "1]";
    for (String field : List.of("stop_token_ids", "forced_eos_token_id", "allowed_token_ids")) {
      assertThatThrownBy(() -> asking("'" + field + "':" + ids))
          .hasMessage(field + " may hold at most 1024 token ids, but holds 1025");
    }
    assertThatThrownBy(() -> asking("'bad_words':[" + "'a',".repeat(256) + "'a']"))
        .hasMessage("bad_words may hold at most 256 strings, but holds 257");
    assertThatThrownBy(() -> asking("'stop':[" + "'a',".repeat(16) + "'a']"))
        .hasMessage("stop may hold at most 16 strings, but holds 17");
    String prompts = "[" + "'a',".repeat(1024) + "'a']";
    assertThatThrownBy(
            () -> decode(("{'prompt':" + prompts + ",'reply':{'topic':'a'}}").replace('\'', '"')))
        .hasMessage("prompt may hold at most 1024 prompts, but holds 1025");
  }

  @Test
  void toolsAndCalls_emptyAreNone() {
    GenerationRequest request =
        decode(
            "{'messages':[{'role':'assistant','content':'x','tool_calls':[]},".replace('\'', '"')
                + "{'role':'assistant','content':'x','tool_calls':null}],'tools':[],"
                    .replace('\'', '"')
                + "'reply':{'topic':'a'}}".replace('\'', '"'));
    Prompt.Chat chat = (Prompt.Chat) request.prompt();
    assertThat(chat.tools()).isNull();
    assertThat(chat.messages()).noneMatch(message -> message.containsKey("tool_calls"));
  }

  @Test
  void continuedConversation_opensNoAnswer() {
    String json =
        "{'messages':[{'role':'assistant','content':'x'}],'continue_final_message':true,'reply':{'topic':'a'}}";
    Prompt.Chat chat = (Prompt.Chat) decode(json.replace('\'', '"')).prompt();
    assertThat(chat.addGenerationPrompt()).isFalse();
    assertThat(chat.continueFinalMessage()).isTrue();
  }

  @Test
  void request_asksForLogprobsInEitherSpelling() {
    assertThat(output("'logprobs':5").logprobs()).isEqualTo(5);
    assertThat(output("'logprobs':0").logprobs()).isZero();
    assertThat(output("'logprobs':true").logprobs()).isZero();
    assertThat(output("'logprobs':true,'top_logprobs':4").logprobs()).isEqualTo(4);
    assertThat(output("'logprobs':false,'top_logprobs':0").logprobs()).isNull();
  }

  @Test
  void request_forcesOneTokenOrOneOfSeveral() {
    assertThat(rules("'forced_eos_token_id':2").forcedEosTokenIds()).containsExactly(2);
    assertThat(rules("'forced_eos_token_id':[2,3]").forcedEosTokenIds()).containsExactly(2, 3);
    assertThat(rules("'logit_bias':{'50256':-100}").logitBias()).containsEntry(50256, -100.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"reply":{"topic":"a"}}                                    | prompt or messages is required
          {"prompt":"x"}                                             | reply.topic is required
          {"prompt":"x","reply":"a"}                                 | reply must be an object, but is "a"
          {"prompt":"x","reply":{"topic":"a","key":""}}              | reply.key must have 1 to 256 characters, but has 0
          {"prompt":"x","reply":{"topic":"a","key":"k","stored":true}} | reply.key must be left out where reply.stored is true: such replies are found by their request's id
          {"prompt":"x","traceparent":"00-1","reply":{"topic":"a"}}  | traceparent must be like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, but is "00-1"
          {"prompt":"x","reply":{}}                                  | reply.topic is required
          {"prompt":"x","reply":{"topic":"no spaces"}}               | reply.topic must be 1 to 249 of A-Z a-z 0-9 . _ -, but is "no spaces"
          {"prompt":"x","reply":{"topic":"a","reader":"no spaces"}}  | reply.reader must be 1 to 128 of A-Z a-z 0-9 . _ : -
          {"prompt":"x","temperature":3,"reply":{"topic":"a"}}       | temperature must be between 0 and 2, but is 3
          {"prompt":"x","top_k":1.5,"reply":{"topic":"a"}}           | top_k must be a whole number, but is 1.5
          {"prompt":"x","max_tokens":0,"reply":{"topic":"a"}}        | max_tokens must be at least 1, but is 0
          {"prompt":"x","deadline":"soon","reply":{"topic":"a"}}     | deadline must be an instant such as 2026-01-31T12:00:00Z, but is "soon"
          {"messages":[{"content":"x"}],"reply":{"topic":"a"}}       | messages[0].role must be a string such as "user"
          {"prompt":"x","messages":[],"reply":{"topic":"a"}}         | prompt and messages exclude each other
          {"prompt":"x","n":0,"reply":{"topic":"a"}}                 | n must be between 1 and 128, but is 0
          {"prompt":"x","n":3,"best_of":2,"reply":{"topic":"a"}}     | best_of must be at least n, which is 3, but is 2
          {"prompt":"x","logprobs":21,"reply":{"topic":"a"}}         | logprobs must be between 0 and 20, but is 21
          {"prompt":"x","top_logprobs":2,"reply":{"topic":"a"}}      | top_logprobs needs "logprobs": true
          {"prompt":"x","logit_bias":{"5":101},"reply":{"topic":"a"}} | logit_bias.5 must be between -100 and 100, but is 101
          {"prompt":"x","logit_bias":{"a":1},"reply":{"topic":"a"}}  | logit_bias must have whole numbers as keys, but has "a"
          {"prompt":"x","logit_bias":{"5":"1"},"reply":{"topic":"a"}} | logit_bias.5 must be a number, but is "1"
          {"prompt":"x","no_repeat_ngram_size":-1,"reply":{"topic":"a"}} | no_repeat_ngram_size must be at least 0, but is -1
          {"prompt":"x","stop":[1],"reply":{"topic":"a"}}            | stop must be a string or a list of strings, but is [1]
          {"prompt":"x","stop_token_ids":5,"reply":{"topic":"a"}}    | stop_token_ids must be a list of whole numbers, but is 5
          {"prompt":"x","top_k":5000000000,"reply":{"topic":"a"}}    | top_k is out of range: 5000000000
          {"prompt":"x","stream":"yes","reply":{"topic":"a"}}        | stream must be true or false, but is "yes"
          {"prompt":"x","top_p":-1,"reply":{"topic":"a"}}            | top_p must be between 0 and 1, but is -1
          {"prompt":"x","seed":9223372036854775808,"reply":{"topic":"a"}} | seed is out of range: 9223372036854775808
          {"prompt":"x","seed":-1e30,"reply":{"topic":"a"}}          | seed is out of range: -1.0E30
          {"prompt":"x","seed":1.5,"reply":{"topic":"a"}}            | seed must be a whole number, but is 1.5
          {"prompt":"x","max_tokens":3,"min_tokens":4,"reply":{"topic":"a"}} | min_tokens must be at most max_tokens, which is 3, but is 4
          {"prompt":["a",5],"reply":{"topic":"a"}}                   | prompt[1] must be a string, but is 5
          {"prompt":[[1],[2,-3]],"reply":{"topic":"a"}}              | prompt[1][1] must be at least 0, but is -3
          {"prompt":[[1],[]],"reply":{"topic":"a"}}                  | prompt[1] must not be an empty list of token ids
          {"prompt":[],"reply":{"topic":"a"}}                        | prompt must not be an empty list of token ids
          {"prompt":"x","bad_words":[" "],"reply":{"topic":"a"}}     | bad_words must not hold an empty string
          {"prompt":"x","truncate_prompt_tokens":0,"reply":{"topic":"a"}} | truncate_prompt_tokens must be -1 or at least 1, but is 0
          {"messages":[{"role":"user"}],"continue_final_message":true,"add_generation_prompt":true,"reply":{"topic":"a"}} | continue_final_message needs "add_generation_prompt": false
          {"prompt":"x","reply":{"topic":"a","partition":-1}}        | reply.partition must be at least 0, but is -1
          {"prompt":"x","reply":5}                                   | reply must be an object, but is 5
          {"messages":5,"reply":{"topic":"a"}}                       | messages must be a list of objects, but is 5
          {"messages":[5],"reply":{"topic":"a"}}                     | messages[0] must be an object, but is 5
          {"messages":[{"role":"user"}],"reply":{"topic":"a"}}       | messages[0].content must be a string, but is null
          {"messages":[{"role":"user","content":null}],"reply":{"topic":"a"}} | messages[0].content must be a string, but is null
          {"messages":[{"role":"user","content":5}],"reply":{"topic":"a"}} | messages[0].content must be a string, but is 5
          {"messages":[{"role":"user","content":{}}],"reply":{"topic":"a"}} | messages[0].content must be a string, but is {}
          {"messages":[{"role":"user","content":["a"]}],"reply":{"topic":"a"}} | messages[0].content may hold only parts of the form {"type": "text", "text": ...}
          {"messages":[{"role":"user","content":[{"type":"image_url"}]}],"reply":{"topic":"a"}} | messages[0].content may hold only parts of the form {"type": "text", "text": ...}
          {"messages":[{"role":"assistant","tool_calls":[]}],"reply":{"topic":"a"}} | messages[0].content must be a string, but is null
          {"messages":[{"role":"user","content":"x"}],"tool_choice":"must","reply":{"topic":"a"}} | tool_choice must be "auto", "none", "required", {"type": "function", "function": {"name": ...}} or {"type": "allowed_tools", ...}, but is "must"
          {"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"custom","function":{"name":"f"}},"reply":{"topic":"a"}} | tool_choice must be "auto", "none", "required", {"type": "function", "function": {"name": ...}} or {"type": "allowed_tools", ...}, but is {"type":"custom","function":{"name":"f"}}
          {"messages":[{"role":"user","content":"x"}],"tool_choice":"required","reply":{"topic":"a"}} | tool_choice needs tools, but there are none
          {"messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f"}}],"tool_choice":{"function":{"name":"g"}},"reply":{"topic":"a"}} | tool_choice names a function that is not among tools: "g"
          {"messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","mode":"none"},"reply":{"topic":"a"}} | tool_choice.allowed_tools.mode must be "auto" or "required", but is "none"
          {"messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"name":5}]},"reply":{"topic":"a"}} | tool_choice.allowed_tools.tools must be a list of {"type": "function", "function": {"name": ...}}
          {"messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"f","strict":"yes"}}],"reply":{"topic":"a"}} | tools[0].function.strict must be true or false, but is "yes"
          {"messages":[{"role":"user","content":"x"}],"tools":[null],"reply":{"topic":"a"}} | tools[0] must be an object, but is null
          {"messages":[{"role":"user","content":"x"}],"documents":[null],"reply":{"topic":"a"}} | documents[0] must be an object, but is null
          {"messages":[{"role":"user","content":"x"}],"reasoning_effort":"huge","reply":{"topic":"a"}} | reasoning_effort must be one of none, minimal, low, medium, high, but is "huge"
          {"messages":[{"role":"user","content":"x"}],"thinking_token_budget":-1,"reply":{"topic":"a"}} | thinking_token_budget must be at least 0, but is -1
          {"messages":[{"role":"user","content":"x"}],"parallel_tool_calls":1,"reply":{"topic":"a"}} | parallel_tool_calls must be true or false, but is 1
          [1]                                                        | the body must be a JSON object, but is [1]
          """)
  void request_saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(Invalid.class).hasMessage(message);
  }

  @Test
  void replies_surviveTheWire() {
    for (Reply reply : RecordSamples.replies()) {
      assertThat(Wire.decodeReply(Wire.encode(reply))).isEqualTo(reply);
    }
  }

  @Test
  void request_maySayThatOneCallIsEnough() {
    String json =
        "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'f'}}],"
            + "'tool_choice':'auto','parallel_tool_calls':false,'reply':{'topic':'a'}}";
    Prompt.Chat chat = (Prompt.Chat) decode(json.replace('\'', '"')).prompt();
    assertThat(chat.parallelToolCalls()).isFalse();
    assertThat(chat.toolChoice()).isNull();
    assertThat(chat.tools()).hasSize(1);
  }

  @Test
  void request_mayChooseWhatIsCalled() {
    String json =
        "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'f'}},"
            + "{'function':{'name':'g'}}],'tool_choice':%s,'reply':{'topic':'a'}}";
    Map<String, ToolChoice> choices =
        Map.of(
            "'required'",
            ToolChoice.REQUIRED,
            "{'type':'function','function':{'name':'g'}}",
            ToolChoice.function("g"),
            "{'type':'function','name':'g'}",
            ToolChoice.function("g"),
            "{'type':'allowed_tools','allowed_tools':{'mode':'required','tools':"
                + "[{'type':'function','function':{'name':'f'}}]}}",
            ToolChoice.REQUIRED.among(List.of("f")),
            "{'type':'allowed_tools','mode':'auto','tools':[{'type':'function','name':'f'}]}",
            ToolChoice.AUTO.among(List.of("f")));
    choices.forEach(
        (written, choice) -> {
          GenerationRequest request = decode(json.formatted(written).replace('\'', '"'));
          assertThat(((Prompt.Chat) request.prompt()).toolChoice()).isEqualTo(choice);
          GenerationRequest again = decode(new String(Wire.encode(request), UTF_8));
          assertThat(again.prompt()).isEqualTo(request.prompt());
        });
  }

  @Test
  void request_thatWantsNoCallHasNoTools() {
    String json =
        "{'messages':[{'role':'user','content':'x'}],'tools':[{'function':{'name':'f'}}],"
            + "'tool_choice':'none','parallel_tool_calls':true,'reply':{'topic':'a'}}";
    Prompt.Chat chat = (Prompt.Chat) decode(json.replace('\'', '"')).prompt();
    assertThat(chat.tools()).isNull();
    assertThat(chat.parallelToolCalls()).isNull();
  }

  @Test
  void scoredToken_tellsItsBytesWhereItsTextDoesNot() {
    assertThat(ScoredToken.of(1, "é".getBytes(StandardCharsets.UTF_8), -0.5, 1).partialBytes())
        .isNull();
    ScoredToken half = ScoredToken.of(2, new byte[] {(byte) 0xC3}, -0.5, 1);
    assertThat(half.text()).isEqualTo("\uFFFD");
    assertThat(half.bytes()).containsExactly(0xC3);
  }

  @Test
  void controlAndWorkers_surviveTheWire() {
    ControlMessage cancel = new ControlMessage.Cancel("a", "the client left");
    ControlMessage drain = new ControlMessage.Drain("w");
    WorkerState state = RecordSamples.workerState();
    assertThat(Wire.decodeControl(Wire.encode(cancel))).isEqualTo(cancel);
    assertThat(Wire.decodeControl(Wire.encode(drain))).isEqualTo(drain);
    assertThat(Wire.decodeWorkerState(Wire.encode(state))).isEqualTo(state);
  }

  @Test
  void request_ignoresUnknownFieldsAndNulls() {
    assertThat(asking("'mood':'good','temperature':null,'stop':null,'stream':null,'n':null"))
        .isEqualTo(asking("'temperature':null"));
  }

  @Test
  void request_isParsedToABoundedDepth() {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    assertThatThrownBy(() -> decode("{\"prompt\":" + deep + "}"))
        .isInstanceOf(Invalid.class)
        .hasMessageStartingWith("the body may be nested at most 500 deep");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"attempt":1,"type":"delta","text":"x"}                     | id is required
          {"id":"a"}                                                  | type is required
          {"id":"a","type":"rumour"}                                  | type is unknown: rumour
          {"id":"a","type":"delta","text":null}                       | text is required
          {"id":"a","type":"delta","text":"x","logprobs":{}}          | logprobs must be a list of objects, but is {}
          {"id":"a","type":"delta","text":"x","logprobs":[5]}         | logprobs[0] must be an object, but is 5
          {"id":"a","type":"delta","text":"x","finish_reason":"mood"} | finish_reason must be one of stop, length, tool_calls, but is "mood"
          {"id":"a","type":"failed","error":{"kind":"invalid"}}       | error.message is required
          {"id":"a","type":"finished","text":"x","usage":{}}          | finish_reason is required
          null                                                        | the body must be a JSON object, but is null
          """)
  void reply_saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> Wire.decodeReply(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  @Test
  void withId_changesNothingElse() {
    for (Reply reply : RecordSamples.replies()) {
      assertThat(reply.of("other", 9).id()).isEqualTo("other");
      assertThat(reply.of("other", 9).attempt()).isEqualTo(9);
      assertThat(reply.of("other", 9).of(reply.id(), reply.attempt())).isEqualTo(reply);
    }
    GenerationRequest request = RecordSamples.wholeRequest();
    assertThat(request.withId("other").withId(request.id())).isEqualTo(request);
  }

  @Test
  void answerOfNoTokens_isForAnEcho() {
    String prompt = "{'prompt':'x','max_tokens':0,'reply':{'topic':'answers'}";
    assertThat(IncomingRequestTest.incoming(prompt + ",'echo':true}").request().stop().promptOnly())
        .isTrue();
    assertThatThrownBy(() -> IncomingRequestTest.incoming(prompt + "}").request())
        .hasMessage("max_tokens must be at least 1, but is 0");
  }

  @Test
  void slug_isPartOfALegalTopicName() {
    assertThat(new TopicNames("millrace.").requests("org/name-v2", RequestClass.BATCH))
        .isEqualTo("millrace.requests.org--name-v2.batch");
    assertThat(TopicNames.slug("SmolLM2-135M-Instruct")).isEqualTo("SmolLM2-135M-Instruct");
  }

  @Test
  void topicsOfAModelAndClass_areNumberedFromTheSecondOn() {
    TopicNames names = new TopicNames("p.");
    List<RequestTopic> topics = RequestTopic.of("org/m", RequestClass.BATCH, 2);

    assertThat(topics)
        .extracting(names::requests)
        .containsExactly("p.requests.org--m.batch", "p.requests.org--m.batch.2");
    assertThat(topics)
        .extracting(names::workerGroup)
        .containsExactly("p.workers.org--m.batch", "p.workers.org--m.batch.2");
    assertThat(topics).extracting(names::replies).containsOnly("p.replies.org--m.batch");
  }

  @Test
  void topic_isReadAsItIsWritten_alsoOfAModelThatIsNamedLikeOne() {
    TopicNames names = new TopicNames("p.");
    for (String model : List.of("m", "m.batch", "m.batch.2", "2", "m.2")) {
      for (RequestTopic topic : RequestTopic.of(model, RequestClass.INTERACTIVE, 16)) {
        assertThat(names.parse(names.requests(topic))).contains(topic);
      }
    }
    for (String other : List.of("batch.1", "batch.02", "batch.17", "batch.x", "else.2")) {
      assertThat(names.parse("p.requests.m." + other)).as(other).isEmpty();
    }
  }

  @Test
  void slug_isOfOneModelAlone() {
    List<String> models = new ArrayList<>();
    for (String joint : List.of("/", "-", "--", "---", "/-", "-/", "//", " ", ":", "_", ".", "ä")) {
      models.add("org" + joint + "name");
      models.add(joint + "name");
      models.add("name" + joint);
      models.add(TopicNames.slug("org" + joint + "name"));
    }
    models.add("m".repeat(150));
    models.add("m".repeat(151));
    models.add("m".repeat(152));
    Set<String> distinct = new HashSet<>(models);

    assertThat(distinct.stream().map(TopicNames::slug))
        .doesNotHaveDuplicates()
        .allMatch(slug -> slug.matches("[A-Za-z0-9._-]{1,200}"));
  }

  private static GenerationRequest decode(String json) {
    return Wire.decodeRequest(json.getBytes(StandardCharsets.UTF_8), "fallback", NOW);
  }

  private static OutputParams output(String fields) {
    return asking(fields).output();
  }

  private static TokenRules rules(String fields) {
    return asking(fields).sampling().rules();
  }

  private static GenerationRequest asking(String fields) {
    return decode(
        "{\"prompt\":\"x\",\"reply\":{\"topic\":\"a\"}," + fields.replace('\'', '"') + "}");
  }
}
