"""OpenAI's client for Python, asked to do what agents do. Argument: where Millrace listens."""

import json
import sys
import time

import openai
import pydantic

client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key="none")
model = client.models.list().data[0].id

PARAMETERS = {
    "type": "object",
    "properties": {"city": {"enum": ["Oslo", "Paris"]}},
    "required": ["city"],
    "additionalProperties": False,
}
FUNCTION = {
    "name": "temperature",
    "description": "How warm it is in a city",
    "parameters": PARAMETERS,
}


class Person(pydantic.BaseModel):
    name: str
    age: int


def told(what, value):
    print(f"{what}: {value}")
    assert value, what


def chat(**more):
    return client.chat.completions.create(model=model, temperature=0, max_tokens=64, **more)


def chats():
    question = [{"role": "user", "content": "How warm is it in Oslo?"}]
    told("chat", chat(messages=question).choices[0].message.content)
    stream = chat(messages=question, stream=True)
    told("chat stream", "".join(c.choices[0].delta.content or "" for c in stream))

    tools = [{"type": "function", "function": FUNCTION}]
    answer = chat(messages=question, tools=tools, tool_choice="required", parallel_tool_calls=False)
    answer = answer.choices[0]
    assert answer.finish_reason == "tool_calls", answer
    call = answer.message.tool_calls[0]
    told("chat tool", f"{call.function.name} {json.loads(call.function.arguments)}")
    result = {"role": "tool", "tool_call_id": call.id, "content": "4 degrees"}
    after = chat(messages=[*question, answer.message, result], tools=tools, tool_choice="none")
    told("chat tool result", after.choices[0].message.content)
    with client.chat.completions.stream(
        model=model,
        messages=question,
        tools=tools,
        tool_choice="required",
        parallel_tool_calls=False,
        max_tokens=64,
    ) as events:
        call = events.get_final_completion().choices[0].message.tool_calls[0]
    told("chat tool stream", json.loads(call.function.arguments))

    parsed = client.chat.completions.parse(
        model=model,
        messages=[{"role": "user", "content": "Ann is 31 years old."}],
        response_format=Person,
        temperature=0,
    )
    told("chat schema", repr(parsed.choices[0].message.parsed))


def responses():
    ask = {"model": model, "max_output_tokens": 64, "temperature": 0}
    question = [{"role": "user", "content": "How warm is it in Oslo?"}]
    told("response", client.responses.create(input="Say hi.", **ask).output_text)
    with client.responses.stream(input="What is the capital of France?", **ask) as events:
        told("response stream", events.until_done().get_final_response().output_text)

    tools = [{"type": "function", **FUNCTION, "strict": True}]
    must = {"tools": tools, "tool_choice": "required", "parallel_tool_calls": False}
    call = client.responses.create(input=question, **must, **ask)
    called = next(item for item in call.output if item.type == "function_call")
    told("response tool", f"{called.name} {json.loads(called.arguments)}")
    result = {"type": "function_call_output", "call_id": called.call_id, "output": "4 degrees"}
    after = client.responses.create(input=[*question, *call.output, result], **ask)
    told("response tool result", after.output_text)
    with client.responses.stream(input=question, **must, **ask) as events:
        kinds = [event.type for event in events]
        final = events.get_final_response()
    assert "response.function_call_arguments.done" in kinds, kinds
    told("response tool stream", [item.type for item in final.output])

    parsed = client.responses.parse(input="Ann is 31 years old.", text_format=Person, **ask)
    told("response schema", repr(parsed.output_parsed))


def errors():
    try:
        client.chat.completions.create(
            model=model, temperature=9, messages=[{"role": "user", "content": "x"}]
        )
    except openai.BadRequestError as e:
        told("bad request", f"{e.status_code} {e.param} {e.body['message']}")
    try:
        client.responses.create(model=model, input="x", previous_response_id="resp_1")
    except openai.BadRequestError as e:
        told("bad request", e.body["message"])
    try:
        client.chat.completions.create(model="huge", messages=[{"role": "user", "content": "x"}])
    except openai.NotFoundError as e:
        told("not found", e.body["message"])


def batches():
    rows = "".join(
        json.dumps(
            {
                "custom_id": f"row-{row}",
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {
                    "model": model,
                    "messages": [{"role": "user", "content": f"What is {row}+1?"}],
                    "temperature": 0,
                    "max_tokens": 8,
                },
            }
        )
        + "\n"
        for row in range(12)
    )
    file = client.files.create(
        file=("rows.jsonl", rows.encode()),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert file.expires_at == file.created_at + 3600, file
    assert client.files.content(file.id).text == rows
    told("file", [listed.id for listed in client.files.list(purpose="batch", order="desc")][:1])
    ask = {"endpoint": "/v1/chat/completions", "completion_window": "24h"}
    batch = client.batches.create(input_file_id=file.id, metadata={"run": "1"}, **ask)
    while batch.status not in ("completed", "failed", "expired", "cancelled"):
        time.sleep(0.5)
        batch = client.batches.retrieve(batch.id)
    told("batch", f"{batch.status} {batch.request_counts}")
    lines = [json.loads(line) for line in client.files.content(batch.output_file_id).iter_lines()]
    assert {line["custom_id"] for line in lines} == {f"row-{row}" for row in range(12)}, lines
    told("batch answer", lines[0]["response"]["body"]["choices"][0]["message"]["content"])
    assert batch.id in [listed.id for listed in client.batches.list(limit=5)]

    batch = client.batches.create(input_file_id=file.id, **ask)
    told("batch cancel", client.batches.cancel(batch.id).status)
    broken = client.files.create(file=("x.jsonl", b'{"custom_id": 1}\n'), purpose="batch")
    batch = client.batches.create(input_file_id=broken.id, **ask)
    while batch.status == "validating":
        time.sleep(0.1)
        batch = client.batches.retrieve(batch.id)
    told("batch refused", batch.errors.data[0])
    told("file deleted", client.files.delete(broken.id).deleted)
    try:
        client.files.create(file=("x.jsonl", b"{}"), purpose="assistants")
    except openai.BadRequestError as e:
        told("bad request", e.body["message"])


chats()
responses()
batches()
errors()
