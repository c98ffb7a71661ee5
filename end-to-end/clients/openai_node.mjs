// OpenAI's client for Node, asked to do what agents do. Argument: where Millrace listens.
import assert from 'node:assert';
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';

const client = new OpenAI({ baseURL: process.argv[2] + '/v1', apiKey: 'none' });
const model = (await client.models.list()).data[0].id;
const Person = z.object({ name: z.string(), age: z.number().int() });
const fn = {
  name: 'temperature',
  description: 'How warm it is in a city',
  parameters: {
    type: 'object',
    properties: { city: { enum: ['Oslo', 'Paris'] } },
    required: ['city'],
    additionalProperties: false,
  },
};
const question = { role: 'user', content: 'How warm is it in Oslo?' };

function told(what, value) {
  console.log(`${what}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  assert(value, what);
}

const ask = { model, temperature: 0, max_tokens: 64 };
const plain = await client.chat.completions.create({ ...ask, messages: [question] });
told('chat', plain.choices[0].message.content);
const stream = client.chat.completions.stream({ ...ask, messages: [question] });
told('chat stream', await stream.finalContent());

const tools = [{ type: 'function', function: fn }];
const answer = await client.chat.completions.create({
  ...ask, messages: [question], tools, tool_choice: 'required', parallel_tool_calls: false,
});
const call = answer.choices[0].message.tool_calls[0];
told('chat tool', { [call.function.name]: JSON.parse(call.function.arguments) });
const after = await client.chat.completions.create({
  ...ask,
  messages: [
    question,
    answer.choices[0].message,
    { role: 'tool', tool_call_id: call.id, content: '4 degrees' },
  ],
  tools,
  tool_choice: 'none',
});
told('chat tool result', after.choices[0].message.content);

const parsed = await client.chat.completions.parse({
  ...ask,
  messages: [{ role: 'user', content: 'Ann is 31 years old.' }],
  response_format: zodResponseFormat(Person, 'person'),
});
told('chat schema', parsed.choices[0].message.parsed);

const respond = { model, temperature: 0, max_output_tokens: 64 };
told('response', (await client.responses.create({ ...respond, input: 'Say hi.' })).output_text);
const events = client.responses.stream({
  ...respond, input: [question], tools: [{ type: 'function', ...fn }], tool_choice: 'required',
  parallel_tool_calls: false,
});
const response = await events.finalResponse();
const called = response.output.find((item) => item.type === 'function_call');
told('response tool stream', { [called.name]: JSON.parse(called.arguments) });
const result = await client.responses.create({
  ...respond,
  input: [
    question,
    ...response.output,
    { type: 'function_call_output', call_id: called.call_id, output: '4 degrees' },
  ],
});
told('response tool result', result.output_text);
const typed = await client.responses.parse({
  ...respond, input: 'Ann is 31 years old.', text: { format: zodTextFormat(Person, 'person') },
});
told('response schema', typed.output_parsed);

await assert.rejects(
  client.chat.completions.create({ ...ask, temperature: 9, messages: [question] }),
  (e) => {
    told('bad request', `${e.status} ${e.param} ${e.message}`);
    return e instanceof OpenAI.BadRequestError;
  },
);
await assert.rejects(
  client.responses.create({ ...respond, model: 'huge', input: 'x' }),
  (e) => e instanceof OpenAI.NotFoundError,
);
