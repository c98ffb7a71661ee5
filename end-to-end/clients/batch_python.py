"""A batch by OpenAI's client for Python, while parts of Millrace are killed.

Arguments: where two apis listen, how many requests, and the process ids to kill with -9, one each time
that a further part of the batch is done.
"""

import collections
import json
import os
import signal
import sys
import time

import openai

first, second, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
victims = [int(pid) for pid in sys.argv[4:]]
parts = len(victims) + 1
began = time.monotonic()


def client(url):
    return openai.OpenAI(base_url=url + "/v1", api_key="none", max_retries=5)


def say(what):
    print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)


there, here = client(first), client(second)
model = here.models.list().data[0].id
rows = (
    json.dumps(
        {
            "custom_id": f"row-{row}",
            "method": "POST",
            "url": "/v1/completions",
            "body": {"model": model, "prompt": f"{row} and one is", "temperature": 0, "max_tokens": 8},
        }
    )
    for row in range(count)
)
file = there.files.create(file=("rows.jsonl", "\n".join(rows).encode()), purpose="batch")
batch = there.batches.create(
    input_file_id=file.id, endpoint="/v1/completions", completion_window="24h"
)
say(f"{file.id} of {file.bytes} bytes, {batch.id}")
killed = 0
told = -1
while batch.status not in ("completed", "failed", "expired", "cancelled"):
    time.sleep(0.2)
    batch = here.batches.retrieve(batch.id)
    done = batch.request_counts.completed + batch.request_counts.failed
    if killed < len(victims) and done * parts >= count * (killed + 1):
        os.kill(victims[killed], signal.SIGKILL)
        say(f"{batch.status}, {done} of {count} done: process {victims[killed]} killed")
        killed += 1
    if done * 10 // count > told:
        told = done * 10 // count
        say(f"{batch.status}, {done} of {count} done")
say(f"{batch.status}: {batch.request_counts}")

lines = [json.loads(line) for line in here.files.content(batch.output_file_id).iter_lines()]
counts = collections.Counter(line["custom_id"] for line in lines)
wanted = {f"row-{row}" for row in range(count)}
lost = wanted - set(counts)
doubled = [row for row, times in counts.items() if times > 1]
wrong = [line for line in lines if line["response"]["status_code"] != 200]
say(f"{len(lines)} lines; lost {len(lost)}, doubled {len(doubled)}, not answered {len(wrong)}")
sys.exit(bool(lost or doubled or wrong or killed < len(victims) or batch.error_file_id))
