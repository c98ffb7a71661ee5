class Decoder(Module):
  __parameters__ = []
  __buffers__ = []

  def onednn(self: __torch__.Decoder,
      x: Tensor,
      weight: Tensor,
      activation: str) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, weight, None, activation, annotate(List[Optional[number]], []), "")

  def linear(self: __torch__.Decoder,
      x: Tensor,
      at: int,
      layout: List[int],
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor]) -> Tensor:
    # layout: for each linear its kernel, and the place of its first tensor in weights or in packed.
    # kernel: 0 plain, 1 oneDNN packed fp32, 2 oneDNN packed bf16, 3 FBGEMM packed fp16, 4 int8, 5 int4
    # columns: for each linear the factors of its columns, which bf16, int8 and int4 weights leave out.
    # The result is bfloat16 from the kernels that compute in it.
    kernel = layout[at * 2]
    first = layout[at * 2 + 1]
    if kernel == 3:
      y = ops.quantized.linear_dynamic_fp16(torch.to(x, 6), packed[first])
    elif kernel == 1:
      y = (self).onednn(torch.to(x, 6), weights[first], "none", )
    elif kernel == 0:
      y = torch.linear(torch.to(x, weights[first]), weights[first])
    else:
      x = (self).rounded(x, at, columns, )
      if kernel == 2:
        y = (self).onednn(x, weights[first], "none", )
      elif kernel == 4:
        y = torch._weight_int8pack_mm(x, weights[first], weights[first + 1])
      else:
        y = torch._weight_int4pack_mm_for_cpu(x, weights[first], 32, weights[first + 1])
    if torch.len(biases) > 0:
      if torch.numel(biases[at]) > 0:
        y = torch.add(y, biases[at])
    return y

  def product(self: __torch__.Decoder,
      x: Tensor,
      at: int,
      layout: List[int],
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor]) -> Tensor:
    return torch.to((self).linear(x, at, layout, weights, packed, columns, biases, ), 6)

  def rounded(self: __torch__.Decoder,
      x: Tensor,
      at: int,
      columns: List[Tensor]) -> Tensor:
    if torch.numel(columns[at]) > 0:
      x = torch.mul(x, columns[at])
    return torch.to(x, 15)

  def gated(self: __torch__.Decoder,
      x: Tensor,
      at: int,
      layout: List[int],
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor]) -> Tensor:
    # silu(gate) * up (SwiGLU, arXiv:2002.05202)
    kernel = layout[at * 2]
    first = layout[at * 2 + 1]
    if kernel > 5:
      # 6 oneDNN fp32, 7 oneDNN bf16: gate and up apart, so that oneDNN does the rest while it writes.
      if kernel == 7:
        x = (self).rounded(x, at, columns, )
      gate = (self).onednn(x, weights[first], "swish", )
      return ops.mkldnn._linear_pointwise(x, gate, weights[first + 1], None, "mul")
    gate, up, = torch.chunk(torch.to((self).linear(x, at, layout, weights, packed, columns, biases, ), 6), 2, 1)
    return torch.mul(torch.silu(gate), up)

  def normalize(self: __torch__.Decoder,
      x: Tensor,
      floor: Tensor) -> Tensor:
    # RMSNorm (arXiv:1910.07467) in three kernels: its weight and the square root of the width are
    # left to the linear that follows, and hypot adds epsilon under the root.
    return torch.div(x, torch.hypot(ops.aten.linalg_vector_norm(x, 2, [-1], True), floor))

  def decode_attention(self: __torch__.Decoder,
      q: Tensor,
      keys: Tensor,
      values: Tensor,
      groups: List[int],
      biases: List[Tensor],
      readers: Tensor,
      rows: Tensor,
      in_place: List[int],
      gathered: Tensor,
      score_order: Tensor,
      block_order: Tensor) -> Tensor:
    # One query a sequence: scores and products block by block, the blocks read where they lie.
    # Between them the scores are laid out as rows, in groups of sequences of like lengths.
    d, kv, g, width, = torch.size(q)
    size = torch.size(keys, 3)
    ordered = torch.eq(torch.size(score_order, 0), 0)
    k = torch.slice(keys, 0, in_place[0], in_place[1], 1)
    v = torch.slice(values, 0, in_place[0], in_place[1], 1)
    if torch.size(gathered, 0) > 0:
      k = torch.cat([k, torch.index_select(keys, 0, gathered)], 0)
      v = torch.cat([v, torch.index_select(values, 0, gathered)], 0)
    n = torch.size(k, 0)
    if ordered:
      qs = torch.expand(torch.unsqueeze(q, 1), [-1, torch.floordiv(n, d), -1, -1, -1])
    else:
      qs = torch.index_select(q, 0, readers)
    s = torch.view(torch.bmm(torch.reshape(qs, [n * kv, g, width]), torch.view(k, [n * kv, width, size])), [n, kv, g, size])
    p = annotate(List[Tensor], [])
    start = 0
    for c in range(torch.len(biases)):
      m = groups[c * 2]
      blocks = groups[c * 2 + 1]
      end = start + m * blocks
      if ordered:
        s1 = s
      else:
        s1 = torch.index_select(s, 0, torch.slice(score_order, 0, start, end, 1))
      s2 = torch.reshape(torch.permute(torch.view(s1, [m, blocks, kv, g, size]), [0, 2, 3, 1, 4]), [m, kv, g, blocks * size])
      p1 = torch.to(torch.softmax(torch.add_(s2, biases[c]), -1), values)
      _0 = torch.append(p, torch.reshape(torch.permute(torch.view(p1, [m, kv, g, blocks, size]), [0, 3, 1, 2, 4]), [m * blocks, kv, g, size]))
      start = end
    p2 = p[0]
    if torch.len(p) > 1:
      p2 = torch.cat(p, 0)
    if not ordered:
      p2 = torch.index_select(p2, 0, block_order)
    o = torch.view(torch.bmm(torch.reshape(p2, [n * kv, g, size]), torch.view(v, [n * kv, size, width])), [n, kv * g * width])
    if ordered:
      return torch.sum(torch.view(o, [d, -1, kv * g * width]), [1], False, dtype=6)
    # The row after the last takes what unused blocks between used ones would add.
    sum = torch.index_add(torch.zeros([d + 1, kv * g * width], dtype=6, device=ops.prim.device(o)), 0, rows, torch.to(o, 6))
    return torch.slice(sum, 0, 0, d, 1)

  def prefill_attention(self: __torch__.Decoder,
      q: Tensor,
      k: Tensor,
      v: Tensor,
      bias: Tensor) -> Tensor:
    # Many queries of one sequence, a part at a time, so that what no query of it may see is left out.
    n, kv, g, width, = torch.size(q)
    context = torch.size(k, 1)
    q1 = torch.permute(q, [1, 2, 0, 3])
    k1 = torch.expand(torch.unsqueeze(k, 1), [-1, g, -1, -1])
    v1 = torch.expand(torch.unsqueeze(v, 1), [-1, g, -1, -1])
    parts = annotate(List[Tensor], [])
    for c in range(torch.floordiv(n + 127, 128)):
      start = c * 128
      end = min(start + 128, n)
      seen = context - n + end
      part = torch.scaled_dot_product_attention(torch.slice(q1, 2, start, end, 1), torch.slice(k1, 2, 0, seen, 1), torch.slice(v1, 2, 0, seen, 1), torch.slice(torch.slice(bias, 2, start, end, 1), 3, 0, seen, 1), 0., False, scale=1.)
      _0 = torch.append(parts, torch.reshape(torch.permute(part, [2, 0, 1, 3]), [end - start, kv * g * width]))
    if torch.len(parts) == 1:
      return parts[0]
    return torch.cat(parts, 0)

  def position_bias(self: __torch__.Decoder,
      queries: Tensor,
      context: int,
      window: int,
      slopes: Tensor,
      kv: int) -> Tensor:
    # [queries, kv or 1, g or 1, context]: 0 where a query may look, -inf where not, ALiBi on top.
    at = torch.arange(context, dtype=4, device=ops.prim.device(queries))
    ahead = torch.sub(torch.unsqueeze(at, 0), torch.unsqueeze(queries, 1))
    hidden = torch.gt(ahead, 0)
    if window > 0:
      hidden = torch.logical_or(hidden, torch.le(ahead, -window))
    n = torch.size(queries, 0)
    bias = torch.view(torch.masked_fill(torch.zeros([n, context], dtype=6, device=ops.prim.device(queries)), hidden, -inf), [n, 1, 1, context])
    if torch.numel(slopes) > 0:
      far = torch.view(torch.to(ahead, 6), [n, 1, 1, context])
      bias = torch.add(bias, torch.mul(far, torch.view(slopes, [1, kv, -1, 1])))
    return bias

  def logits(self: __torch__.Decoder,
      shape: List[int],
      floor: Tensor,
      head_floor: Tensor,
      embedding: Tensor,
      rope: List[Tensor],
      slopes: Tensor,
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor],
      head_norms: List[Tensor],
      layout: List[int],
      key_cache: List[Tensor],
      value_cache: List[Tensor],
      tokens: Tensor,
      positions: Tensor,
      slots: Tensor,
      groups: List[int],
      readers: Tensor,
      rows: Tensor,
      in_place: List[int],
      gathered: Tensor,
      score_order: Tensor,
      block_order: Tensor,
      chunks: List[int],
      tables: Tensor,
      wanted: Tensor) -> Tensor:
    layers, heads, kv, width, window, = shape
    g = torch.floordiv(heads, kv)
    size = torch.size(key_cache[0], 3)
    t = torch.size(tokens, 0)
    x = torch.to(torch.embedding(embedding, tokens), 6)
    turns = slopes
    if torch.len(rope) > 0:
      turns = torch.unsqueeze(torch.view_as_complex(torch.index_select(rope[0], 0, positions)), 1)
    # A key's numbers lie a block's size apart, because scores are computed a block at a time.
    columns_of_keys = torch.unsqueeze(torch.mul(torch.arange(width, dtype=4, device=ops.prim.device(slots)), size), 0)
    first_places = torch.add(torch.mul(torch.floor_divide(slots, size), width * size), torch.remainder(slots, size))
    key_places = torch.reshape(torch.add(torch.unsqueeze(first_places, 1), columns_of_keys), [-1])
    decode_biases = annotate(List[Tensor], [])
    d = 0
    for c in range(torch.floordiv(torch.len(groups), 2)):
      m = groups[c * 2]
      _0 = torch.append(decode_biases, (self).position_bias(torch.slice(positions, 0, d, d + m, 1), groups[c * 2 + 1] * size, window, slopes, kv, ))
      d = d + m
    chunk_biases = annotate(List[Tensor], [])
    start = d
    for c in range(torch.floordiv(torch.len(chunks), 4)):
      end = start + chunks[c * 4]
      b = (self).position_bias(torch.slice(positions, 0, start, end, 1), chunks[c * 4 + 1], window, slopes, kv, )
      _1 = torch.append(chunk_biases, torch.permute(b, [1, 2, 0, 3]))
      start = end
    for i in range(layers):
      qkv = (self).linear((self).normalize(x, floor, ), i * 4, layout, weights, packed, columns, biases, )
      qk, v, = torch.split_with_sizes(qkv, [(heads + kv) * width, kv * width], 1)
      qk1 = torch.view(torch.to(qk, 6), [t, heads + kv, width])
      if torch.len(head_norms) > 0:
        qk1 = torch.mul((self).normalize(qk1, head_floor, ), head_norms[i])
      if torch.len(rope) > 0:
        # Pairs of neighbours are turned as complex numbers (RoPE, arXiv:2104.09864).
        pairs = torch.view_as_complex(torch.view(qk1, [t, heads + kv, -1, 2]))
        qk1 = torch.view(torch.view_as_real(torch.mul(pairs, turns)), [t, heads + kv, width])
      q, k, = torch.split_with_sizes(qk1, [heads, kv], 1)
      k1 = torch.reshape(k, [t * kv * width])
      v1 = torch.reshape(torch.to(v, value_cache[i]), [t * kv, width])
      _2 = torch.scatter_(torch.view(key_cache[i], [-1]), 0, key_places, k1)
      _3 = torch.index_copy_(torch.view(value_cache[i], [-1, width]), 0, slots, v1)
      parts = annotate(List[Tensor], [])
      if d > 0:
        q1 = torch.reshape(torch.slice(q, 0, 0, d, 1), [d, kv, g, width])
        _4 = torch.append(parts, (self).decode_attention(q1, key_cache[i], value_cache[i], groups, decode_biases, readers, rows, in_place, gathered, score_order, block_order, ))
      start = d
      for c in range(torch.floordiv(torch.len(chunks), 4)):
        n = chunks[c * 4]
        context = chunks[c * 4 + 1]
        end = start + n
        if context == n:
          ck = torch.transpose(torch.slice(k, 0, start, end, 1), 0, 1)
          cv = torch.transpose(torch.slice(torch.view(v1, [t, kv, width]), 0, start, end, 1), 0, 1)
        else:
          table = torch.slice(tables, 0, chunks[c * 4 + 2], chunks[c * 4 + 3], 1)
          kb = torch.permute(torch.index_select(key_cache[i], 0, table), [1, 0, 3, 2])
          vb = torch.transpose(torch.index_select(value_cache[i], 0, table), 0, 1)
          ck = torch.slice(torch.reshape(kb, [kv, -1, width]), 1, 0, context, 1)
          cv = torch.slice(torch.reshape(vb, [kv, -1, width]), 1, 0, context, 1)
        q2 = torch.reshape(torch.slice(q, 0, start, end, 1), [n, kv, g, width])
        _5 = torch.append(parts, (self).prefill_attention(q2, ck, torch.to(cv, 6), chunk_biases[c], ))
        start = end
      if torch.len(parts) == 1:
        a = parts[0]
      else:
        a = torch.cat(parts, 0)
      x = torch.add(x, (self).linear(a, i * 4 + 1, layout, weights, packed, columns, biases, ))
      h = (self).gated((self).normalize(x, floor, ), i * 4 + 2, layout, weights, packed, columns, biases, )
      x = torch.add(x, (self).linear(h, i * 4 + 3, layout, weights, packed, columns, biases, ))
    last = (self).normalize(torch.index_select(x, 0, wanted), floor, )
    return torch.to((self).linear(last, layers * 4, layout, weights, packed, columns, biases, ), 6)

  def embed(self: __torch__.Decoder,
      embedding: Tensor,
      tokens: Tensor) -> Tensor:
    return torch.to(torch.embedding(embedding, tokens), 6)

  def no_packed(self: __torch__.Decoder) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    return annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])

  def pack_fp16(self: __torch__.Decoder,
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      weight: Tensor) -> int:
    _0 = torch.append(packed, ops.quantized.linear_prepack_fp16(weight, None))
    return torch.len(packed)

  def pack_onednn(self: __torch__.Decoder,
      weight: Tensor,
      dtype: int) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(torch.to(weight, dtype), None)

  def int8_scales(self: __torch__.Decoder,
      weight: Tensor) -> Tensor:
    # [out]: symmetric, one a row; the smallest allowed one keeps a row of zeros from dividing by zero.
    return torch.to(torch.clamp_min(torch.div(torch.amax(torch.abs(weight), [1]), 127), 1e-30), 15)

  def pack_int8(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    steps = torch.round(torch.div(weight, torch.unsqueeze(torch.to(scales, 6), 1)))
    return torch.to(torch.clamp(steps, -127, 127), 1)

  def int8_values(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    # What the packed weight stands for, for kernels that compute in floating point.
    steps = torch.to((self).pack_int8(weight, scales, ), 6)
    return torch.mul(steps, torch.unsqueeze(torch.to(scales, 6), 1))

  def int4_scales(self: __torch__.Decoder,
      weight: Tensor) -> Tensor:
    # [in / 32, out, 2]: the size of a step, and the value of step 8 of 0 to 15.
    groups = torch.view(weight, [torch.size(weight, 0), -1, 32])
    low = torch.amin(groups, [2])
    step = torch.to(torch.clamp_min(torch.div(torch.sub(torch.amax(groups, [2]), low), 15), 1e-30), 15)
    middle = torch.to(torch.add(low, torch.mul(torch.to(step, 6), 8)), 15)
    return torch.contiguous(torch.transpose(torch.stack([step, middle], 2), 0, 1))

  def int4_steps(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    # [out, in / 32, 32]: 0 to 15
    groups = torch.view(weight, [torch.size(weight, 0), -1, 32])
    step, middle, = torch.split_with_sizes(torch.to(torch.transpose(scales, 0, 1), 6), [1, 1], 2)
    return torch.clamp(torch.add(torch.round(torch.div(torch.sub(groups, middle), step)), 8), 0, 15)

  def pack_int4(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    steps = torch.to((self).int4_steps(weight, scales, ), 3)
    return torch._convert_weight_to_int4pack_for_cpu(torch.view(steps, torch.size(weight)), 1)

  def int4_values(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    step, middle, = torch.split_with_sizes(torch.to(torch.transpose(scales, 0, 1), 6), [1, 1], 2)
    values = torch.add(torch.mul(torch.sub((self).int4_steps(weight, scales, ), 8), step), middle)
    return torch.view(values, torch.size(weight))

  def cast(self: __torch__.Decoder,
      x: Tensor,
      dtype: int) -> Tensor:
    return torch.to(x, dtype)

  def copy_blocks(self: __torch__.Decoder,
      keys: List[Tensor],
      values: List[Tensor],
      sources: Tensor,
      targets: Tensor) -> int:
    for i in range(torch.len(keys)):
      _0 = torch.index_copy_(keys[i], 0, targets, torch.index_select(keys[i], 0, sources))
      _1 = torch.index_copy_(values[i], 0, targets, torch.index_select(values[i], 0, sources))
    return torch.size(targets, 0)
