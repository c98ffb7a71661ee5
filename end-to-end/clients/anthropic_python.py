"""Anthropic's client for Python, asked to do what agents do. Argument: where Millrace listens."""

import json
import sys
import urllib.request

import anthropic

client = anthropic.Anthropic(base_url=sys.argv[1], api_key="none")
with urllib.request.urlopen(sys.argv[1] + "/v1/models") as models:
    MODEL = json.load(models)["data"][0]["id"]

TOOLS = [
    {
        "name": "temperature",
        "description": "How warm it is in a city",
        "input_schema": {
            "type": "object",
            "properties": {"city": {"enum": ["Oslo", "Paris"]}},
            "required": ["city"],
            "additionalProperties": False,
        },
    }
]
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
QUESTION = {"role": "user", "content": "How warm is it in Oslo?"}


def told(what, value):
    print(f"{what}: {value}")
    assert value, what


def message(*messages, **more):
    return client.messages.create(
        model=MODEL, max_tokens=64, messages=messages, extra_body={"temperature": 0}, **more
    )


told("message", message(QUESTION, system="You are a helpful assistant.").content[0].text)
with client.messages.stream(model=MODEL, max_tokens=32, messages=[QUESTION]) as events:
    told("message stream", "".join(events.text_stream))

answer = message(QUESTION, tools=TOOLS, tool_choice={"type": "any", "disable_parallel_tool_use": True})
assert answer.stop_reason == "tool_use", answer
call = next(block for block in answer.content if block.type == "tool_use")
told("tool", f"{call.name} {call.input}")
result = {
    "role": "user",
    "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "4 degrees"}],
}
after = message(
    QUESTION,
    {"role": "assistant", "content": answer.content},
    result,
    tools=TOOLS,
    tool_choice={"type": "none"},
)
told("tool result", after.content[0].text)
with client.messages.stream(
    model=MODEL,
    max_tokens=64,
    messages=[QUESTION],
    tools=TOOLS,
    tool_choice={"type": "tool", "name": "temperature", "disable_parallel_tool_use": True},
) as events:
    told("tool stream", events.get_final_message().content[-1].input)

schema = message(
    {"role": "user", "content": "Ann is 31 years old."},
    output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
)
told("schema", json.loads(schema.content[0].text))

few = client.messages.count_tokens(model=MODEL, messages=[QUESTION]).input_tokens
more = client.messages.count_tokens(model=MODEL, messages=[QUESTION], tools=TOOLS).input_tokens
told("tokens", f"{few}, with tools {more}")

try:
    client.messages.create(model=MODEL, max_tokens=0, messages=[QUESTION])
except anthropic.BadRequestError as e:
    told("bad request", e.body["error"]["message"])
try:
    client.messages.create(model="huge", max_tokens=4, messages=[QUESTION])
except anthropic.NotFoundError as e:
    told("not found", e.body["error"]["message"])
