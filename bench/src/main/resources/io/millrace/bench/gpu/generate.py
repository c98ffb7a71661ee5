"""The same decode and prefill by PyTorch from Python: static cache, torch.compile, a CUDA graph a step.

Reads one JSON object from standard input (device, dtype, seconds, context, steps, batches, shapes) and
prints one JSON object a line: shape, what (decode or prefill), batch, tokens_per_second, how. Whatever does
not fit in the seconds is left out. Weights are random; the numbers of a step do not change its time.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F


def layer(x, keys, values, at, cos, sin, mask, qkv, out, gate_up, down, norms):
    # x: [batch, tokens, hidden]; keys, values: [batch, kv heads, places, head_dim]; at: [tokens]
    b, t, hidden = x.shape
    kv, width = keys.shape[1], keys.shape[3]
    heads = out.shape[1] // width
    h = F.linear(F.rms_norm(x, (hidden,), norms[0], 1e-5), qkv)
    q, k, v = h.view(b, t, -1, width).transpose(1, 2).split([heads, kv, kv], 1)
    keys.index_copy_(2, at, rotated(k, cos, sin))
    values.index_copy_(2, at, v)
    a = F.scaled_dot_product_attention(rotated(q, cos, sin), keys, values, attn_mask=mask, enable_gqa=True)
    x = x + F.linear(a.transpose(1, 2).reshape(b, t, -1), out)
    gate, up = F.linear(F.rms_norm(x, (hidden,), norms[1], 1e-5), gate_up).chunk(2, -1)
    return x + F.linear(F.silu(gate) * up, down)


def rotated(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Decoder:
    def __init__(self, s, options):
        random = lambda o, i: torch.randn(o, i, **options).mul_(0.02)
        hidden, heads = s["hidden"], s["heads"] * s["head_dim"]
        self.layers = [
            (
                random(heads + 2 * s["kv_heads"] * s["head_dim"], hidden),
                random(hidden, heads),
                random(2 * s["intermediate"], hidden),
                random(hidden, s["intermediate"]),
                torch.ones(2, hidden, **options),
            )
            for _ in range(s["layers"])
        ]
        self.embedding = random(s["vocab"], hidden)
        self.head = random(s["vocab"], hidden)
        self.shape, self.options = s, options

    def start(self, batch, places):
        s = self.shape
        cache = lambda: torch.zeros(batch, s["kv_heads"], places, s["head_dim"], **self.options)
        self.cache = [(cache(), cache()) for _ in self.layers]
        device = self.options["device"]
        half = torch.arange(s["head_dim"] // 2, device=device, dtype=torch.float32)
        angles = torch.outer(torch.arange(places, device=device), 500000.0 ** (-2 * half / s["head_dim"]))
        self.turns = (angles.cos().to(self.options["dtype"]), angles.sin().to(self.options["dtype"]))
        self.places = torch.arange(places, device=device)

    def step(self, tokens, at, run_layer):
        # tokens: [batch, tokens] -> [batch, 1]
        x = self.embedding[tokens]
        mask = self.places[None, :] <= at[:, None]
        cos, sin = (table[at] for table in self.turns)
        for weights, (keys, values) in zip(self.layers, self.cache):
            x = run_layer(x, keys, values, at, cos, sin, mask, *weights)
        last = F.rms_norm(x[:, -1], (self.shape["hidden"],), None, 1e-5)
        return F.linear(last, self.head).argmax(-1, True)


def graphed(step):
    """Captures a step that reads and writes fixed tensors; returns what runs it again."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def seconds_of(run, times, wait):
    wait()
    started = time.perf_counter()
    for _ in range(times):
        run()
    wait()
    return time.perf_counter() - started


def measure(decoder, order, run_layer, how, wait, deadline):
    context, steps = order["context"], order["steps"]
    device = decoder.options["device"]
    cuda = device.startswith("cuda")
    for batch in order["batches"]:
        if time.monotonic() > deadline:
            return
        decoder.start(batch, context + steps)
        tokens = torch.zeros(batch, 1, dtype=torch.int64, device=device)
        at = torch.full((1,), context, dtype=torch.int64, device=device)

        def step():
            tokens.copy_(decoder.step(tokens, at, run_layer))

        for _ in range(2):
            step()
        run = graphed(step) if cuda else step
        taken = seconds_of(run, steps, wait)
        yield {"what": "decode", "batch": batch, "tokens_per_second": batch * steps / taken, "how": how}
    if time.monotonic() > deadline:
        return
    batch = max(1, 2048 // context) if cuda else 1
    decoder.start(batch, context)
    prompt = torch.zeros(batch, context, dtype=torch.int64, device=device)
    positions = torch.arange(context, device=device)
    prefill = lambda: decoder.step(prompt, positions, run_layer)
    prefill()
    taken = seconds_of(prefill, 3, wait)
    yield {"what": "prefill", "batch": batch, "tokens_per_second": 3 * batch * context / taken, "how": how}


def main():
    order = json.load(sys.stdin)
    device = order["device"]
    deadline = time.monotonic() + order["seconds"]
    cuda = device.startswith("cuda")
    wait = torch.cuda.synchronize if cuda else lambda: None
    options = {"device": device, "dtype": getattr(torch, order["dtype"])}
    torch.set_grad_enabled(False)
    if cuda:
        torch.cuda.set_device(torch.device(device))
    for s in order["shapes"]:
        if time.monotonic() > deadline:
            break
        decoder = Decoder(s, options)
        run_layer, how = layer, "eager"
        torch.compiler.reset()
        if order["compile"]:
            try:
                # One layer for all, so that compiling takes seconds.
                run_layer, how = torch.compile(layer, dynamic=False, fullgraph=True), "torch.compile"
                decoder.start(1, order["context"] + order["steps"])
                zero = torch.zeros(1, dtype=torch.int64, device=device)
                decoder.step(zero[None], zero, run_layer)
            except Exception as e:  # without a compiler, say
                print(f"torch.compile: {e}".splitlines()[0], file=sys.stderr)
                run_layer, how = layer, "eager"
        how = f"torch {torch.__version__} {how}" + (", CUDA graph" if cuda else "")
        for result in measure(decoder, order, run_layer, how, wait, deadline):
            print(json.dumps({"shape": s["name"], **result}), flush=True)
        del decoder
        if cuda:
            torch.cuda.empty_cache()


main()
