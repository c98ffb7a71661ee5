#!/usr/bin/env python3
"""Proves, without a GPU, that the TorchScript program keeps to the device that it is given.

The program is loaded with its branches for CUDA and called with PyTorch's fake tensors, which have a device
(cuda:0), a type and a shape, but no numbers. An operator that is given tensors of two devices raises an error
then, and so does whatever would read a number back to the host, which on a GPU would wait for it. After
that the same branches are run on the CPU with numbers, and compared with those that are for CPUs.

    python3 engine/src/test/python/check_devices.py    # any PyTorch from 2.7 on, for CPUs as well
"""

import io
import math
import pathlib
import re
import sys
import zipfile

import torch
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException, FakeTensorMode

RESOURCES = pathlib.Path(__file__).parents[1].parent / "main/resources/io/millrace/engine/decoder/torch"
TEXTS = ["decoder.torchscript", "sampling.torchscript", "ceilings.torchscript"]
TYPES = {"int8": 1, "int32": 3, "int64": 4, "float16": 5, "float32": 6, "float64": 7, "bfloat16": 15}
DEVICE = "cuda:0"
SIZE = 8  # tokens of a block


def program(cuda):
    """The archive, as TorchProgram makes it."""
    text = "".join("\n" + (RESOURCES / name).read_text() for name in TEXTS)
    text = re.sub(rf"\bdtype\.({'|'.join(TYPES)})\b", lambda found: str(TYPES[found[1]]), text)
    text = re.sub(r"\bon_cuda\b", str(cuda), text)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("decoder/data.pkl", b"\x80\x02c__torch__\nDecoder\nq\x00)\x81}q\x01bq\x02.")
        files.writestr("decoder/code/__torch__.py", text)
        files.writestr("decoder/constants.pkl", b"\x80\x02).")
        files.writestr("decoder/version", "10\n")
    archive.seek(0)
    return torch.jit.load(archive)


class Case:
    """A model and a step of it: decode rows first, then chunks of (tokens, tokens before them)."""

    def __init__(self, name, decode=(), chunks=(), dense=True, kernel="plain", narrow=False, **options):
        self.name, self.decode, self.chunks, self.dense = name, list(decode), list(chunks), dense
        self.kernel, self.narrow = kernel, narrow
        self.window = options.get("window", 0)
        self.alibi = options.get("alibi", False)
        self.norms = options.get("norms", False)
        self.bias = options.get("bias", False)

    def arguments(self, make):
        """make(shape, dtype, value) gives a tensor; value says what its numbers are for."""
        layers, heads, kv, width, hidden, inner, vocab = 2, 4, 2, 16, 64, 96, 50
        model = {"layers": layers, "heads": heads, "kv_heads": kv, "head_dim": width, "window": self.window}
        constants = {
            "floor": make([], torch.float32, 0.01),
            "head_floor": make([], torch.float32, 0.01),
            "embedding": make([vocab, hidden], torch.float32, "random"),
            "slopes": make([heads if self.alibi else 0], torch.float32, 0.25),
        }
        half = {"plain": torch.float32, "plain-bf16": torch.bfloat16, "plain-fp16": torch.float16}
        shapes = [((heads + 2 * kv) * width, hidden), (hidden, heads * width), (2 * inner, hidden), (hidden, inner)]
        shapes = shapes * layers + [(vocab, hidden)]
        kernels = [self.kernel] * (len(shapes) - 1) + [self.kernel.replace("bf16", "fp16")]
        folds = self.kernel == "plain"
        empty = make([0], torch.float32, 0)
        linears = {
            "weights": [make(s, half[k], "random") for s, k in zip(shapes, kernels)],
            "columns": [empty if folds or i % 2 else make([s[1]], torch.float32, 1.5) for i, s in enumerate(shapes)],
            "biases": [make([s[0]], torch.float32, 0.1) for s in shapes] if self.bias else [],
            "head_norms": [make([heads + kv, width], torch.float32, 1.0)] * layers if self.norms else [],
            "rope": [] if self.alibi else [make([128, width // 2, 2], torch.float32, "random")],
        }
        lengths = self.decode + [n + before for n, before in self.chunks]
        tables, used = [], 0
        for length in lengths:
            # Every second block is left out where the cache is not dense.
            count = -(-length // SIZE)
            tables.append([used + i * (1 if self.dense else 3) for i in range(count)])
            used = tables[-1][-1] + (1 if self.dense else 3)
        blocks = used + 4
        values = torch.bfloat16 if self.narrow else torch.float32
        cache = {
            "keys": [make([blocks, kv, width, SIZE], torch.float32, "random") for _ in range(layers)],
            "values": [make([blocks, kv, SIZE, width], values, "random") for _ in range(layers)],
        }
        step, lists = self.step(tables, kv, make)
        packed = program_without_packed()
        places = list(range(len(shapes)))
        return [model, constants, linears, kernels, places, packed, cache, step, lists]

    def step(self, tables, kv, make):
        """As BatchBuilder and BlockReading make it."""
        d = len(self.decode)
        positions = [n - 1 for n in self.decode]
        owners = list(range(d))
        for i, (n, before) in enumerate(self.chunks):
            positions += range(before, before + n)
            owners += [d + i] * n
        slots = [
            (tables[o][p // SIZE] * kv + h) * SIZE + p % SIZE for o, p in zip(owners, positions) for h in range(kv)
        ]
        used = sorted(b for t in tables[:d] for b in t)
        dense = bool(used) and len(used) * 2 >= used[-1] + 1 - used[0]
        first, end = (used[0], used[-1] + 1) if dense else (0, 0)
        groups, begin = [], 0
        for row in range(d + 1):
            if row == d or len(tables[row]) * 2 <= len(tables[begin]):
                if row > begin:
                    groups += [row - begin, len(tables[begin])]
                begin = row
        total = (end - first) + (0 if dense else len(used))
        readers, sums, block_order, gathered = [0] * total, [d] * total, [0] * total, []
        score_order = [0] * sum(groups[i] * groups[i + 1] for i in range(0, len(groups), 2))
        row = entry = 0
        for g in range(0, len(groups), 2):
            for _ in range(groups[g]):
                for i, block in enumerate(tables[row]):
                    index = block - first if dense else len(gathered)
                    if not dense:
                        gathered.append(block)
                    readers[index] = sums[index] = row
                    score_order[entry + i], block_order[index] = index, entry + i
                entry += groups[g + 1]
                row += 1
        ordered = len(groups) == 2 and score_order == list(range(total))
        if ordered:
            readers, sums, score_order, block_order = [], [], [], []
        bounds, table = [], []
        for (n, before), blocks in zip(self.chunks, tables[d:]):
            bounds += [n, n + before, len(table), len(table) + len(blocks)]
            table += blocks
        longs = lambda numbers: make([len(numbers)], torch.int64, numbers)
        step = {
            "tokens": longs([7 * i % 50 for i in range(len(positions))]),
            "positions": longs(positions),
            "slots": longs(slots),
            "readers": longs(readers),
            "sums": longs(sums),
            "gathered": longs(gathered),
            "score_order": longs(score_order),
            "block_order": longs(block_order),
            "tables": longs(table),
            "wanted": longs(list(range(len(positions)))),
        }
        return step, {"groups": groups, "in_place": [first, end], "chunks": bounds}


CASES = [
    Case("equal lengths", decode=[24, 24, 24]),
    Case("other lengths, blocks in place", decode=[60, 33, 9, 3]),
    Case("other lengths, blocks gathered", decode=[60, 33, 9, 3], dense=False),
    Case("one row", decode=[17]),
    Case("a prompt", chunks=[(20, 0)]),
    Case("a prompt of several parts", chunks=[(600, 0)], alibi=True),
    Case("prompts and rows", decode=[40, 12], chunks=[(9, 0), (5, 30)]),
    Case("the same with a window", decode=[40, 12], chunks=[(9, 0), (5, 30)], window=10),
    Case("the same with ALiBi", decode=[40, 12], chunks=[(9, 0), (5, 30)], alibi=True),
    Case("the same with norms and biases", decode=[40, 12], chunks=[(9, 0), (5, 30)], norms=True, bias=True),
    Case("the same in bf16", decode=[40, 12], chunks=[(9, 0), (5, 30)], kernel="plain-bf16", narrow=True, bias=True),
    Case("the same in fp16", decode=[40, 12], chunks=[(9, 0), (5, 30)], kernel="plain-fp16"),
]


def program_without_packed():
    return ON_CPU.no_packed()


def sampling_columns(make, filtered, k):
    n = 3
    floats = lambda value: make([n], torch.float32, value)
    rows = make([n], torch.int64, [0, 2, 3])
    edits = {
        "sources": make([4], torch.int64, [0, 1, 1, 3]),
        "penalty_rows": make([2], torch.int64, [0, 1]),
        "penalty_tokens": make([2], torch.int64, [5, 6]),
        "repetition": make([2], torch.float32, 1.1),
        "counts": make([2], torch.float32, 1.0),
        "frequency": make([2], torch.float32, 0.5),
        "presence": make([2], torch.float32, 0.5),
        "forbidden_rows": make([1], torch.int64, [1]),
        "forbidden_tokens": make([1], torch.int64, [9]),
        "allowed_rows": make([2], torch.int64, [2, 2]),
        "allowed_tokens": make([2], torch.int64, [3, 4]),
        "forced_rows": make([1], torch.int64, [1]),
        "forced_tokens": make([1], torch.int64, [8]),
        "bias_rows": make([1], torch.int64, [0]),
        "bias_tokens": make([1], torch.int64, [2]),
        "bias": make([1], torch.float32, 1.0),
        "masked_rows": make([1], torch.int64, [3]),
        "masked": make([56], torch.bool, [i % 3 == 0 for i in range(56)]),
    }
    drawn = {
        "rows": rows,
        "temperature": floats(0.7),
        "top_k": make([n], torch.int64, [k, k, 0]),
        "top_p": floats(0.9),
        "min_p": floats(0.01),
        "draws": make([n], torch.float64, [0.1, 0.5, 0.999]),
    }
    return edits, {} if filtered else drawn, drawn if filtered else {}


def fake(mode):
    def make(shape, dtype, value):
        with mode:
            return torch.empty(shape, dtype=dtype, device=DEVICE)

    return make


def real(seed=1):
    generator = torch.Generator().manual_seed(seed)

    def make(shape, dtype, value):
        if value == "random":
            return (torch.randn(shape, generator=generator) * 0.3).to(dtype)
        if isinstance(value, list):
            return torch.tensor(value, dtype=dtype).reshape(shape)
        return torch.full(shape, float(value)).to(dtype)

    return make


def on_device(result, what):
    results = result if isinstance(result, (list, tuple)) else [result]
    for tensor in results:
        assert tensor.device == torch.device(DEVICE), f"{what}: the result is on {tensor.device}"


def check_devices():
    for case in CASES:
        mode = FakeTensorMode()
        arguments = case.arguments(fake(mode))
        with mode:
            on_device(ON_CUDA.logits(*arguments), case.name)
        print(f"ok  on cuda:0 alone: {case.name}")
    mode = FakeTensorMode()
    make = fake(mode)
    logits = lambda: make([4, 50], torch.float32, "random")
    edits, plain, _ = sampling_columns(make, False, 4)
    rows = make([2], torch.int64, [0, 1])
    with mode:
        on_device(ON_CUDA.sample(logits(), {}, {}, {}, 0), "greedy")
        on_device(ON_CUDA.sample(logits(), edits, plain, {}, 0), "edited and drawn")
        on_device(ON_CUDA.sample_scored(logits(), edits, plain, {}, 0, rows, rows, 3), "scored")
        on_device(ON_CUDA.score_prompt(logits(), 1, make([3], torch.int64, [1, 2, 3]), 3), "prompt scores")
        cache = {"keys": [make([6, 2, 16, 8], torch.float32, 0)], "values": [make([6, 2, 8, 16], torch.float32, 0)]}
        ON_CUDA.copy_blocks(cache, rows, rows)
        on_device(ON_CUDA.matmul_times(logits(), make([50, 4], torch.float32, 0), 2), "products")
        on_device(ON_CUDA.product_error(logits()), "product error")
    print("ok  on cuda:0 alone: greedy, edits, draws, scores, prompt scores, block copies, ceilings")
    check_only_read(mode, make, logits)


def check_only_read(mode, make, logits):
    """draw_filtered reads once how many rows must be drawn from more candidates, behind all else."""
    edits, _, filtered = sampling_columns(make, True, 4)
    try:
        with mode:
            ON_CUDA.sample(logits(), edits, {}, filtered, 10)
    except (DataDependentOutputException, DynamicOutputShapeException, RuntimeError) as e:
        assert "nonzero" in str(e), e
        print("ok  on cuda:0 alone: filtered draws, up to the one number that is read (nonzero)")
        return
    raise AssertionError("filtered draws read no number any more: say so")


def check_numbers():
    for case in CASES:
        expected = ON_CPU.logits(*case.arguments(real()))
        actual = ON_CUDA.logits(*case.arguments(real()))
        worst = (expected - actual).abs().max().item()
        limit = 1e-4 if case.kernel == "plain" else 2e-2
        assert worst <= limit and not math.isnan(worst), f"{case.name}: {worst}"
        print(f"ok  the same on a CPU by {worst:.1e}: {case.name}")
    for filtered in (False, True):
        for k in (0, 4):
            ids = []
            for one in (ON_CPU, ON_CUDA):
                make = real(3)
                edits, plain, some = sampling_columns(make, filtered, k)
                ids.append(one.sample(make([4, 50], torch.float32, "random"), edits, plain, some, 10).tolist())
            assert ids[0] == ids[1], ids
    print("ok  the same on a CPU: draws")


ON_CPU, ON_CUDA = program(False), program(True)

if __name__ == "__main__":
    # As TorchThreads has it: no fused kernels, which would be compiled for each combination of shapes.
    torch._C._set_graph_executor_optimize(False)
    torch.set_grad_enabled(False)
    check_devices()
    check_numbers()
    print(f"all is well by torch {torch.__version__}", file=sys.stderr)
