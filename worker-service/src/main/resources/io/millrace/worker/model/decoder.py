class Decoder(Module):
  __parameters__ = []
  __buffers__ = []

  def linear(self: __torch__.Decoder,
      x: Tensor,
      at: int,
      layout: List[int],
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor]) -> Tensor:
    # layout: for each linear its kernel, and the place of its first tensor in weights or in packed.
    # columns: for each linear what is not folded into its weight's columns, if anything.
    # kernel: 0 plain, 1 oneDNN packed fp32, 2 oneDNN packed bf16, 3 FBGEMM packed fp16, 4 int8, 5 int4
    kernel = layout[at * 2]
    first = layout[at * 2 + 1]
    if torch.len(columns) > 0:
      if torch.numel(columns[at]) > 0:
        x = torch.mul(x, columns[at])
    if kernel == 5:
      z = torch._weight_int4pack_mm_for_cpu(torch.to(x, 15), weights[first], 32, weights[first + 1])
      y = torch.to(z, 6)
    elif kernel == 4:
      z = torch._weight_int8pack_mm(torch.to(x, 15), weights[first], weights[first + 1])
      y = torch.to(z, 6)
    elif kernel == 3:
      y = ops.quantized.linear_dynamic_fp16(x, packed[first])
    elif kernel == 2:
      z = ops.mkldnn._linear_pointwise(torch.to(x, 15), weights[first], None, "none", annotate(List[Optional[number]], []), "")
      y = torch.to(z, 6)
    elif kernel == 1:
      y = ops.mkldnn._linear_pointwise(x, weights[first], None, "none", annotate(List[Optional[number]], []), "")
    else:
      y = torch.to(torch.linear(torch.to(x, weights[first]), weights[first]), 6)
    if torch.len(biases) > 0:
      if torch.numel(biases[at]) > 0:
        y = torch.add(y, biases[at])
    return y

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
      bias: Tensor,
      readers: Tensor,
      rows: Tensor,
      in_place: int,
      gathered: Tensor,
      score_order: Tensor,
      block_order: Tensor) -> Tensor:
    # One query a sequence: scores and products block by block, the blocks read where they lie.
    d, kv, g, width = torch.size(q)
    size = torch.size(keys, 2)
    qs = torch.index_select(q, 0, readers)
    n = torch.size(readers, 0)
    k = torch.slice(keys, 0, 0, in_place, 1)
    v = torch.slice(values, 0, 0, in_place, 1)
    if torch.size(gathered, 0) > 0:
      k = torch.cat([k, torch.index_select(keys, 0, gathered)], 0)
      v = torch.cat([v, torch.index_select(values, 0, gathered)], 0)
    s = torch.bmm(torch.view(qs, [n * kv, g, width]), torch.transpose(torch.view(k, [n * kv, size, width]), 1, 2))
    s1 = torch.index_select(torch.view(s, [n, kv, g, size]), 0, score_order)
    s2 = torch.reshape(torch.permute(torch.view(s1, [d, -1, kv, g, size]), [0, 2, 3, 1, 4]), [d, kv, g, -1])
    p = torch.softmax(torch.add_(s2, bias), -1)
    p1 = torch.reshape(torch.permute(torch.view(p, [d, kv, g, -1, size]), [0, 3, 1, 2, 4]), [-1, kv, g, size])
    p2 = torch.index_select(p1, 0, block_order)
    o = torch.bmm(torch.view(p2, [n * kv, g, size]), torch.view(v, [n * kv, size, width]))
    # The row after the last takes what unused blocks between used ones would add.
    sum = torch.index_add(torch.zeros([d + 1, kv * g * width], dtype=6, device=ops.prim.device(o)), 0, rows, torch.view(o, [n, kv * g * width]))
    return torch.slice(sum, 0, 0, d, 1)

  def prefill_attention(self: __torch__.Decoder,
      q: Tensor,
      k: Tensor,
      v: Tensor,
      bias: Tensor) -> Tensor:
    # Many queries of one sequence; the query heads of one key head are laid out as rows.
    n, kv, g, width = torch.size(q)
    rows = torch.reshape(torch.permute(q, [1, 2, 0, 3]), [1, kv, g * n, width])
    o = torch.scaled_dot_product_attention(rows, torch.unsqueeze(k, 0), torch.unsqueeze(v, 0), bias, 0., False, scale=1.)
    return torch.reshape(torch.permute(torch.view(o, [kv, g, n, width]), [2, 0, 1, 3]), [n, kv * g * width])

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
      layout: List[int],
      weights: List[Tensor],
      packed: List[__torch__.torch.classes.quantized.LinearPackedParamsBase],
      columns: List[Tensor],
      biases: List[Tensor],
      head_norms: List[Tensor],
      key_cache: List[Tensor],
      value_cache: List[Tensor],
      tokens: Tensor,
      positions: Tensor,
      blocks: Tensor,
      offsets: Tensor,
      readers: Tensor,
      rows: Tensor,
      in_place: int,
      gathered: Tensor,
      score_order: Tensor,
      block_order: Tensor,
      chunks: List[int],
      tables: Tensor,
      wanted: Tensor) -> Tensor:
    layers, heads, kv, width, window, = shape
    g = torch.floordiv(heads, kv)
    t = torch.size(tokens, 0)
    d = t
    for c in range(torch.floordiv(torch.len(chunks), 4)):
      d = d - chunks[c * 4]
    x = torch.to(torch.embedding(embedding, tokens), 6)
    cos = slopes
    sin = slopes
    if torch.len(rope) > 0:
      cos = torch.unsqueeze(torch.index_select(rope[0], 0, positions), 1)
      sin = torch.unsqueeze(torch.index_select(rope[1], 0, positions), 1)
    size = torch.size(key_cache[0], 2)
    decode_bias = slopes
    if d > 0:
      longest = torch.floordiv(torch.size(score_order, 0), d) * size
      decode_bias = (self).position_bias(torch.slice(positions, 0, 0, d, 1), longest, window, slopes, kv, )
    chunk_biases = annotate(List[Tensor], [])
    start = d
    for c in range(torch.floordiv(torch.len(chunks), 4)):
      n = chunks[c * 4]
      context = chunks[c * 4 + 1]
      b = (self).position_bias(torch.slice(positions, 0, start, start + n, 1), context, window, slopes, kv, )
      b1 = torch.expand(torch.permute(b, [1, 2, 0, 3]), [-1, g, -1, -1])
      _0 = torch.append(chunk_biases, torch.unsqueeze(torch.reshape(b1, [torch.size(b, 1), g * n, context]), 0))
      start = start + n
    for i in range(layers):
      qkv = (self).linear((self).normalize(x, floor, ), i * 4, layout, weights, packed, columns, biases, )
      qk, v, = torch.split_with_sizes(qkv, [(heads + kv) * width, kv * width], 1)
      qk1 = torch.view(qk, [t, heads + kv, width])
      if torch.len(head_norms) > 0:
        qk1 = torch.mul((self).normalize(qk1, head_floor, ), head_norms[i])
      if torch.len(rope) > 0:
        qk1 = torch.addcmul(torch.mul(qk1, cos), torch.roll(qk1, [torch.floordiv(width, 2)], [2]), sin)
      q, k, = torch.split_with_sizes(qk1, [heads, kv], 1)
      v1 = torch.view(v, [t, kv, width])
      _1 = torch.index_put_(key_cache[i], annotate(List[Optional[Tensor]], [blocks, None, offsets]), k)
      _2 = torch.index_put_(value_cache[i], annotate(List[Optional[Tensor]], [blocks, None, offsets]), v1)
      parts = annotate(List[Tensor], [])
      if d > 0:
        q1 = torch.reshape(torch.slice(q, 0, 0, d, 1), [d, kv, g, width])
        _3 = torch.append(parts, (self).decode_attention(q1, key_cache[i], value_cache[i], decode_bias, readers, rows, in_place, gathered, score_order, block_order, ))
      start = d
      for c in range(torch.floordiv(torch.len(chunks), 4)):
        n = chunks[c * 4]
        context = chunks[c * 4 + 1]
        end = start + n
        if context == n:
          ck = torch.transpose(torch.slice(k, 0, start, end, 1), 0, 1)
          cv = torch.transpose(torch.slice(v1, 0, start, end, 1), 0, 1)
        else:
          table = torch.slice(tables, 0, chunks[c * 4 + 2], chunks[c * 4 + 3], 1)
          kb = torch.transpose(torch.index_select(key_cache[i], 0, table), 0, 1)
          vb = torch.transpose(torch.index_select(value_cache[i], 0, table), 0, 1)
          ck = torch.slice(torch.reshape(kb, [kv, -1, width]), 1, 0, context, 1)
          cv = torch.slice(torch.reshape(vb, [kv, -1, width]), 1, 0, context, 1)
        q2 = torch.view(torch.slice(q, 0, start, end, 1), [n, kv, g, width])
        _4 = torch.append(parts, (self).prefill_attention(q2, ck, cv, chunk_biases[c], ))
        start = end
      if torch.len(parts) == 1:
        a = parts[0]
      else:
        a = torch.cat(parts, 0)
      x = torch.add(x, (self).linear(a, i * 4 + 1, layout, weights, packed, columns, biases, ))
      gu = (self).linear((self).normalize(x, floor, ), i * 4 + 2, layout, weights, packed, columns, biases, )
      gate, up, = torch.chunk(gu, 2, 1)
      x = torch.add(x, (self).linear(torch.mul(torch.silu(gate), up), i * 4 + 3, layout, weights, packed, columns, biases, ))
    last = (self).normalize(torch.index_select(x, 0, wanted), floor, )
    return (self).linear(last, layers * 4, layout, weights, packed, columns, biases, )

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

  def int4_scales(self: __torch__.Decoder,
      weight: Tensor) -> Tensor:
    # [in / 32, out, 2]: the size of a step, and the value of step 8 of 0 to 15.
    groups = torch.view(weight, [torch.size(weight, 0), -1, 32])
    low = torch.amin(groups, [2])
    step = torch.to(torch.clamp_min(torch.div(torch.sub(torch.amax(groups, [2]), low), 15), 1e-30), 15)
    middle = torch.to(torch.add(low, torch.mul(torch.to(step, 6), 8)), 15)
    return torch.contiguous(torch.transpose(torch.stack([step, middle], 2), 0, 1))

  def pack_int4(self: __torch__.Decoder,
      weight: Tensor,
      scales: Tensor) -> Tensor:
    groups = torch.view(weight, [torch.size(weight, 0), -1, 32])
    step, middle, = torch.split_with_sizes(torch.to(torch.transpose(scales, 0, 1), 6), [1, 1], 2)
    steps = torch.clamp(torch.add(torch.round(torch.div(torch.sub(groups, middle), step)), 8), 0, 15)
    return torch._convert_weight_to_int4pack_for_cpu(torch.view(torch.to(steps, 3), torch.size(weight)), 1)

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
