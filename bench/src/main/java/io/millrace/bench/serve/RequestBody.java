package io.millrace.bench.serve;

import io.millrace.bench.serve.TargetOptions.Backend;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON body of requests.
 *
 * @param model the model's name
 * @param asIds whether prompts are sent as token ids
 * @param ignoreEos whether answers shall have their full length
 * @param extra further fields, which go before all others
 */
record RequestBody(
    Backend backend, String model, boolean asIds, boolean ignoreEos, Map<String, Object> extra) {

  byte[] of(PromptRequest prompt) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    if (backend == Backend.OPENAI_CHAT) {
      body.put("messages", List.of(Map.of("role", "user", "content", prompt.text())));
      body.put("max_completion_tokens", prompt.outputTokens());
    } else {
      body.put("prompt", asIds ? prompt.ids() : prompt.text());
      body.put("max_tokens", prompt.outputTokens());
    }
    body.put("stream", true);
    body.put("stream_options", Map.of("include_usage", true));
    if (ignoreEos) {
      body.put("ignore_eos", true);
    }
    body.putAll(extra);
    return JsonMapper.shared().writeValueAsBytes(body);
  }
}
