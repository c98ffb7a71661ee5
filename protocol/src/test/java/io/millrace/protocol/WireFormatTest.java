package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of each record, which programs in other languages read and write. */
final class WireFormatTest {
  /** Thoughts and calls, as OpenAI's deltas have them. */
  private static final String SAID =
      "'reasoning_content':'hm','tool_calls':[{'index':0,'function':{'arguments':'}'}},"
          + "{'index':1,'id':'call_1','type':'function','function':{'name':'time','arguments':''}}]";

  @Test
  void request_hasAllFields() {
    assertThat(text(Wire.encode(RecordSamples.wholeRequest())))
        .isEqualTo(
            "{'id':'a-1','model':'some/model','messages':[{'content':'hi','role':'user'}],"
                + "'add_generation_prompt':false,'tools':[{'type':'function'}],'chat_template_kwargs':{'enable_thinking':true},'documents':[{'text':'it"
                + " rains'}],'chat_template':'{{ messages"
                + " }}','reasoning_effort':'low','thinking_token_budget':64,'temperature':0.7,'top_p':0.9,'top_k':40,'min_p':0.05,'repetition_penalty':1.1,'presence_penalty':0.5,'frequency_penalty':-0.5,'seed':42,'no_repeat_ngram_size':3,'forced_eos_token_id':[2,7],'logit_bias':{'5':-1.5},'max_tokens':100,'min_tokens':2,'stop':['\\n"
                + "\\n"
                + "','END'],"
                + "'stop_token_ids':[5,6],'ignore_eos':true,'n':2,'best_of':5,'logprobs':3,"
                + "'prompt_logprobs':0,'echo':true,'response_format':{'type':'json_schema','json_schema':{'name':'person',"
                + "'strict':true,'schema':{'type':'object'}}},'stream':false,'created_at':'2026-01-31T12:00:00Z',"
                + "'deadline':'2026-01-31T12:01:00Z','reply':{'topic':'answers','partition':3,'reader':'api-1'}}");
  }

  @Test
  void request_leavesOutWhatIsNotSaid() {
    assertThat(text(Wire.encode(RecordSamples.smallRequest(new Prompt.Text("hi")))))
        .isEqualTo(
            "{'id':'a-1','model':'m','prompt':'hi','stream':false,"
                + "'created_at':'2026-01-31T12:00:00Z','reply':{'topic':'answers'}}");
    assertThat(text(Wire.encode(RecordSamples.smallRequest(new Prompt.Tokens(List.of(1, 2))))))
        .contains("'prompt':[1,2],'stream'");
    Prompt chat = new Prompt.Chat(List.of(RecordSamples.MESSAGE), true);
    assertThat(text(Wire.encode(RecordSamples.smallRequest(chat))))
        .contains(
            "'messages':[{'content':'hi','role':'user'}],'add_generation_prompt':true,'stream'");
  }

  @Test
  void whatComesBack_isInRequestAndReplies() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Echo echo = new Echo(JsonRecords.MAPPER.createObjectNode().put("a", 1), trace);
    GenerationRequest request = RecordSamples.smallRequest(new Prompt.Text("hi")).withEcho(echo);
    String fields = "'metadata':{'a':1},'traceparent':'" + trace + "'";
    assertThat(text(Wire.encode(request))).contains("," + fields + ",'reply'");
    assertThat(Wire.decodeRequest(Wire.encode(request), "other", RecordSamples.NOW))
        .isEqualTo(request);
    for (Reply reply : RecordSamples.replies()) {
      byte[] bare = Wire.encode(reply);
      assertThat(Wire.encode(reply, Echo.NONE)).isEqualTo(bare);
      byte[] whole = Wire.encode(reply, echo);
      assertThat(text(whole)).isEqualTo(text(bare).replaceAll("}$", "," + fields + "}"));
      assertThat(Wire.decodeReply(whole)).isEqualTo(reply);
    }
  }

  @Test
  void request_tellsBestOfOnlyIfItChooses() {
    GenerationRequest small = RecordSamples.smallRequest(new Prompt.Text("hi"));
    GenerationRequest several =
        new GenerationRequest(
            small.id(),
            small.model(),
            small.prompt(),
            small.sampling(),
            small.stop(),
            OutputParams.TEXT.withN(2),
            false,
            small.createdAt(),
            null,
            small.reply());
    assertThat(text(Wire.encode(several))).contains("'prompt':'hi','n':2,'stream'");
  }

  @Test
  void request_tellsWhatIsAskedBesides() {
    GenerationRequest small =
        RecordSamples.smallRequest(
            new Prompt.Batch(List.of(new Prompt.Text("hi"), new Prompt.Tokens(List.of(1, 2)))));
    GenerationRequest whole =
        new GenerationRequest(
            small.id(),
            small.model(),
            small.prompt(),
            new TokenizeParams(7, false),
            SamplingParams.NONE.withRules(
                TokenRules.NONE.withAllowedTokenIds(List.of(3)).withBadWords("no")),
            StopCriteria.MODEL_DEFAULTS.includingStop().shortByDefault(),
            OutputParams.TEXT.withSpecialTokens(),
            false,
            small.createdAt(),
            null,
            small.reply());
    assertThat(text(Wire.encode(whole)))
        .contains(
            "'prompt':['hi',[1,2]],'truncate_prompt_tokens':7,'add_special_tokens':false,"
                + "'allowed_token_ids':[3],'bad_words':['no'],"
                + "'include_stop_str_in_output':true,'short_answer':true,"
                + "'skip_special_tokens':false,'stream'");
    assertThat(Wire.decodeRequest(Wire.encode(whole), "other", small.createdAt())).isEqualTo(whole);
  }

  @Test
  void tokensOfAPrompt_areAskedForAndTold() {
    GenerationRequest small = RecordSamples.smallRequest(new Prompt.Text("hi"));
    GenerationRequest counted =
        new GenerationRequest(
            small.id(),
            small.model(),
            small.prompt(),
            SamplingParams.NONE,
            StopCriteria.MODEL_DEFAULTS.withMaxTokens(0),
            OutputParams.TEXT.withPromptTokens(true),
            false,
            small.createdAt(),
            null,
            small.reply());
    assertThat(text(Wire.encode(counted)))
        .contains(
            "'prompt':'hi','max_tokens':0,'return_token_ids':true,'return_token_strs':true,"
                + "'stream':false");
    assertThat(Wire.decodeRequest(Wire.encode(counted), "other", small.createdAt()))
        .isEqualTo(counted);
    Reply told =
        new Reply.Finished(
            "a",
            1,
            0,
            List.of(
                new Reply.Choice(
                    0, 0, AnswerPiece.of(""), FinishReason.LENGTH, List.of(), List.of())),
            new Usage(1, 0),
            List.of(new PromptReport(0, null, List.of(), List.of(7), List.of("hi"))));
    assertThat(text(Wire.encode(told)))
        .endsWith(",'prompt':{'token_ids':[7],'token_strs':['hi']}}");
    assertThat(Wire.decodeReply(Wire.encode(told))).isEqualTo(told);
  }

  @Test
  void replies_leaveOutWhatAnAnswerDoesNotHave() {
    assertThat(RecordSamples.replies().stream().map(reply -> text(Wire.encode(reply))))
        .containsExactly(
            "{'id':'a','attempt':2,'seq':0,'type':'accepted','worker':'w','source':'q-0@1','queued_ms':17}",
            "{'id':'a','attempt':2,'seq':3,'type':'delta','begin':2,'text':'"
                + " wörld','token_ids':[3]}",
            "{'id':'a','attempt':2,'seq':3,'type':'delta','begin':2,'index':1,'text':'x',"
                + "'finish_reason':'stop','token_ids':[3],'logprobs':[{'id':7,'token':'�A','bytes':[226,65],"
                + "'logprob':-1.25,'rank':3,'text_offset':0,'top_logprobs':[{'id':9,'token':'héllo',"
                + "'logprob':-0.5,'rank':1},{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,"
                + "'rank':3}]},{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3,"
                + "'text_offset':1,'top_logprobs':[{'id':9,'token':'héllo','logprob':-0.5,'rank':1},"
                + "{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3}]}],"
                + "'prompt':{'text':'hi','logprobs':[{'id':1,'token':'<s>','text_offset':0,"
                + "'top_logprobs':[]},{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3,"
                + "'text_offset':2,'top_logprobs':[{'id':9,'token':'héllo','logprob':-0.5,'rank':1},"
                + "{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3}]}]}}",
            "{'id':'a','attempt':2,'seq':4,'type':'finished','begin':4,'text':'!','finish_reason':'stop','token_ids':[],"
                + "'usage':{'prompt_tokens':5,'completion_tokens':4,'total_tokens':9}}",
            "{'id':'a','attempt':2,'seq':4,'type':'finished','choices':[{'index':0,'begin':0,'text':'!',"
                + "'finish_reason':'stop','token_ids':[],'logprobs':[{'id':7,'token':'�A','bytes':[226,65],"
                + "'logprob':-1.25,'rank':3,'text_offset':0,'top_logprobs':[{'id':9,'token':'héllo',"
                + "'logprob':-0.5,'rank':1},{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,"
                + "'rank':3}]}]},{'index':1,'begin':0,'text':'?','finish_reason':'length','token_ids':[]}],"
                + "'usage':{'prompt_tokens':5,'completion_tokens':4,'total_tokens':9},"
                + "'prompt':{'text':'hi','logprobs':[{'id':1,'token':'<s>','text_offset':0,"
                + "'top_logprobs':[]},{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3,"
                + "'text_offset':2,'top_logprobs':[{'id':9,'token':'héllo','logprob':-0.5,'rank':1},"
                + "{'id':7,'token':'�A','bytes':[226,65],'logprob':-1.25,'rank':3}]}]}}",
            "{'id':'a','attempt':2,'seq':4,'type':'finished','choices':[{'index':0,'begin':0,'text':'!',"
                + "'finish_reason':'stop','token_ids':[]},{'index':1,'begin':0,'text':'?','finish_reason':'stop','token_ids':[]}],"
                + "'usage':{'prompt_tokens':5,'completion_tokens':4,'total_tokens':9},"
                + "'prompts':[{'text':'hi'},{'index':1,'text':'ho'}]}",
            "{'id':'a','attempt':2,'seq':4,'type':'delta','begin':3,'text':'',"
                + SAID
                + ",'token_ids':[9]}",
            "{'id':'a','attempt':2,'seq':4,'type':'finished','begin':3,'text':'',"
                + SAID
                + ",'finish_reason':'tool_calls','token_ids':[9],"
                + "'usage':{'prompt_tokens':5,'completion_tokens':4,'total_tokens':9}}",
            "{'id':'a','attempt':2,'seq':4,'type':'failed','error':{'kind':'deadline',"
                + "'message':'too late'}}",
            "{'id':'a','attempt':2,'seq':0,'type':'failed','error':{'kind':'invalid',"
                + "'message':'no','param':'prompt'}}");
  }

  @Test
  void controlMessages_sayTheirType() {
    assertThat(text(Wire.encode(new ControlMessage.Cancel("a", "left"))))
        .isEqualTo("{'type':'cancel','id':'a','why':'left'}");
    assertThat(text(Wire.encode(new ControlMessage.Cancel("a", "left", "api-1"))))
        .isEqualTo("{'type':'cancel','id':'a','why':'left','reader':'api-1'}");
    assertThat(text(Wire.encode(new ControlMessage.Resume("a", "api-2", true))))
        .isEqualTo("{'type':'resume','id':'a','reader':'api-2','announced':true}");
    assertThat(text(Wire.encode(new ControlMessage.Drain("w"))))
        .isEqualTo("{'type':'drain','worker':'w'}");
  }

  @Test
  void workerState_hasAllFields() {
    assertThat(text(Wire.encode(RecordSamples.workerState())))
        .isEqualTo(
            "{'worker':'w','model':'m','device':'cpu','slots':8,'running':3,'batch':2,'waiting':1,"
                + "'max_input_len':100,'max_output_len':50,'kv_cache_usage':0.25,'ended':17,'held_ms':5000,"
                + "'request_topics':2,'at':'2026-01-31T12:00:00Z'}");
  }

  @Test
  void modelState_hasAllFields() {
    assertThat(text(Wire.encode(RecordSamples.modelState())))
        .isEqualTo(
            "{'model':'m','max_input_len':100,'max_output_len':50,'request_topics':2,"
                + "'at':'2026-01-31T12:00:00Z'}");
    assertThat(Wire.decodeModelState(Wire.encode(RecordSamples.modelState())))
        .isEqualTo(RecordSamples.modelState());
    assertThat(ModelState.modelOf(ModelState.key("org/m"))).contains("org/m");
    assertThat(ModelState.modelOf("worker-1")).isEmpty();
    assertThat(ModelState.modelOf(null)).isEmpty();
  }

  @Test
  void readerState_hasAllFields() {
    assertThat(text(Wire.encode(new ReaderState("api-1", RecordSamples.NOW, 5000))))
        .isEqualTo("{'reader':'api-1','at':'2026-01-31T12:00:00Z','resume_timeout_ms':5000}");
    assertThat(ReaderState.key("api-1")).isEqualTo("reader:api-1");
    assertThat(ReaderState.readerOf("reader:api-1")).contains("api-1");
    assertThat(ReaderState.readerOf("worker-1")).isEmpty();
    assertThat(ReaderState.readerOf(null)).isEmpty();
  }

  @Test
  void deadLetter_isHeaders() {
    assertThat(new DeadLetter("no", 3, "w", "requests", 0, 17).headers().toString())
        .isEqualTo(
            "{millrace-reason=no, millrace-attempts=3, millrace-worker=w,"
                + " millrace-topic=requests, millrace-partition=0, millrace-offset=17}");
  }

  private static String text(byte[] json) {
    return RecordSamples.text(json);
  }

  @Test
  void jobs_haveAllFields_andKeysOfTheirOwn() {
    assertThat(RecordSamples.jobs())
        .extracting(JobRecord::key, job -> text(Wire.encode(job)))
        .containsExactly(
            tuple(
                "job_1",
                "{'id':'job_1','type':'submitted','endpoint':'/v1/completions','model':'m',"
                    + "'body':{'prompt':'hi'},'class':'batch','created_at':'2026-01-31T12:00:00Z',"
                    + "'deadline':'2026-01-31T12:01:00Z',"
                    + "'events':{'topic':'events','partition':3,'stored':true},'metadata':{'row':7},"
                    + "'callback_url':'https://a.example/hook','idempotency_key':'k','fingerprint':'f',"
                    + "'traceparent':'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'}"),
            tuple(
                "job_1/0",
                "{'id':'job_1','type':'state','status':'queued','attempt':0,"
                    + "'at':'2026-01-31T12:00:00Z',"
                    + "'request':{'topic':'events','partition':3,'offset':17}}"),
            tuple(
                "job_1/2",
                "{'id':'job_1','type':'state','status':'failed','attempt':2,"
                    + "'at':'2026-01-31T12:00:00Z','started_at':'2026-01-31T12:00:00Z','worker':'w',"
                    + "'first':{'topic':'events','partition':3,'offset':17},"
                    + "'last':{'topic':'events','partition':3,'offset':17},"
                    + "'usage':{'prompt_tokens':5,'completion_tokens':4,'total_tokens':9},"
                    + "'error':{'kind':'internal','message':'no'}}"),
            tuple(
                "job_1/callback",
                "{'id':'job_1','type':'callback','by':'api-1','done':false,'attempts':1,"
                    + "'at':'2026-01-31T12:00:00Z','until':'2026-01-31T12:00:00Z'}"));
    assertThat(RecordSamples.jobs())
        .allSatisfy(job -> assertThat(Wire.decodeJob(Wire.encode(job))).isEqualTo(job));
  }

  @Test
  void headOfARequest_tellsWhetherItIsAJob() {
    byte[] broken =
        "{'id':'a','reply':{'stored':true,'topic':'events','partition':3},'prompt':"
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8);

    assertThat(
            IncomingRequest.of(broken, new RequestDefaults("b", RecordSamples.NOW)).replyAddress())
        .isEqualTo(ReplyAddress.ofJob("events", 3));
  }
}
