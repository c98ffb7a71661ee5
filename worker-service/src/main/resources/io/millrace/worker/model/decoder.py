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

  def draw(self: __torch__.Decoder,
      scores: Tensor,
      draws: Tensor) -> Tensor:
    # Inverse of the cumulative distribution; the sum is in double so that 50,000 terms keep order.
    sums = torch.cumsum(torch.softmax(scores, 1, 7), 1)
    target = torch.mul(torch.unsqueeze(draws, 1), torch.slice(sums, 1, -1, 9223372036854775807, 1))
    at = torch.searchsorted(sums, target, right=True)
    return torch.clamp(at, 0, torch.size(scores, 1) - 1)

  def best(self: __torch__.Decoder,
      scores: Tensor,
      count: int) -> Tuple[Tensor, Tensor]:
    # The best scores and their tokens; among equal ones the lower token is first, however many are
    # asked for, so that no row's order depends on what another row needs.
    if count < torch.size(scores, 1):
      s, tokens, = torch.topk(scores, count, 1, True, True)
      t, by_token, = torch.sort(tokens, stable=True, dim=1, descending=False)
      s1, order, = torch.sort(torch.gather(s, 1, by_token), stable=True, dim=1, descending=True)
      t1 = torch.gather(t, 1, order)
    else:
      s1, t1, = torch.sort(scores, stable=True, dim=1, descending=True)
    return (s1, t1)

  def draw_among(self: __torch__.Decoder,
      scores: Tensor,
      total: Tensor,
      candidates: int,
      top_k: Tensor,
      top_p: Tensor,
      min_p: Tensor,
      draws: Tensor) -> Tuple[Tensor, Tensor]:
    # top-k, then top-p, then min-p, each on what the one before left, as in transformers; all three
    # keep the best so many. Whether that is certain is the second result: it is unless a token that
    # is kept is no better than what may have been left out of the candidates. Likelihoods are
    # relative to the best token's, whose sum over all tokens is known, and their sums run from the
    # best token on: more candidates change none of them.
    s, tokens, = (self).best(scores, candidates, )
    rank = torch.unsqueeze(torch.arange(torch.size(s, 1), device=ops.prim.device(s)), 0)
    k = torch.unsqueeze(top_k, 1)
    nucleus = torch.unsqueeze(top_p, 1)
    beyond = torch.logical_and(torch.ge(rank, k), torch.gt(k, 0))
    best = torch.to(torch.slice(s, 1, 0, 1, 1), 7)
    p = torch.masked_fill(torch.exp(torch.sub(torch.to(s, 7), best)), beyond, 0.)
    sums = torch.cumsum(p, 1)
    all = torch.slice(sums, 1, -1, 9223372036854775807, 1)
    mass = torch.where(torch.gt(k, 0), all, torch.unsqueeze(total, 1))
    # A nucleus of 1 keeps all: rounding must not cut the tail.
    outside = torch.logical_and(torch.ge(torch.sub(sums, p), torch.mul(mass, nucleus)), torch.lt(nucleus, 1.))
    unlikely = torch.lt(p, torch.unsqueeze(min_p, 1))
    dropped = torch.logical_and(torch.logical_or(outside, unlikely), torch.gt(rank, 0))
    p1 = torch.masked_fill(p, dropped, 0.)
    kept = torch.gt(p1, 0.)
    sums1 = torch.cumsum(p1, 1)
    target = torch.mul(torch.unsqueeze(draws, 1), torch.slice(sums1, 1, -1, 9223372036854775807, 1))
    last = torch.clamp_min(torch.sub(torch.sum(kept, [1], True), 1), 0)
    at = torch.minimum(torch.searchsorted(sums1, target, right=True), last)
    worst = torch.slice(s, 1, -1, 9223372036854775807, 1)
    uncertain = torch.any(torch.logical_and(kept, torch.le(s, worst)), 1)
    return (torch.squeeze(torch.gather(tokens, 1, at), 1), uncertain)

  def draw_filtered(self: __torch__.Decoder,
      scores: Tensor,
      candidates: int,
      top_k: Tensor,
      top_p: Tensor,
      min_p: Tensor,
      draws: Tensor) -> Tensor:
    # A sort of all tokens costs many times what finding a few hundred of the best does; rows that
    # need more are drawn again, from more.
    n, vocab = torch.size(scores)
    total = torch.zeros_like(draws)
    if bool(torch.any(torch.eq(top_k, 0))):
      total = torch.reciprocal(torch.amax(torch.softmax(scores, 1, 7), [1]))
    ids, uncertain, = (self).draw_among(scores, total, candidates, top_k, top_p, min_p, draws, )
    count = candidates
    while count < vocab:
      left = torch.squeeze(torch.nonzero(uncertain), 1)
      count = count * 16
      if torch.size(left, 0) == 0:
        count = vocab
      else:
        s = torch.index_select(scores, 0, left)
        again, still, = (self).draw_among(s, torch.index_select(total, 0, left), count, torch.index_select(top_k, 0, left), torch.index_select(top_p, 0, left), torch.index_select(min_p, 0, left), torch.index_select(draws, 0, left), )
        _0 = torch.index_copy_(ids, 0, left, again)
        _1 = torch.index_copy_(uncertain, 0, left, still)
    return ids

  def edit(self: __torch__.Decoder,
      logits: Tensor,
      edits: List[Tensor]) -> Tensor:
    # Rows drawn from the same logits part here; then penalties, tokens that may not come, rows in
    # which one of a few tokens must come, and biases.
    sources, rows, tokens, counts, repetition, presence, frequency, never_rows, never, forced_rows, forced, bias_rows, bias_tokens, bias, = edits
    x = logits
    if torch.numel(sources) > 0:
      x = torch.index_select(logits, 0, sources)
    if torch.numel(rows) > 0:
      at = annotate(List[Optional[Tensor]], [rows, tokens])
      l = torch.index(x, at)
      l1 = torch.where(torch.lt(l, 0), torch.mul(l, repetition), torch.div(l, repetition))
      used = torch.to(torch.gt(counts, 0), 6)
      l2 = torch.sub(torch.sub(l1, torch.mul(frequency, counts)), torch.mul(presence, used))
      _0 = torch.index_put_(x, at, l2)
    if torch.numel(never_rows) > 0:
      low = torch.full_like(torch.to(never_rows, 6), -inf)
      _1 = torch.index_put_(x, annotate(List[Optional[Tensor]], [never_rows, never]), low)
    if torch.numel(forced_rows) > 0:
      _2 = torch.index_fill_(x, 0, forced_rows, -inf)
      none = torch.zeros_like(torch.to(forced_rows, 6))
      _3 = torch.index_put_(x, annotate(List[Optional[Tensor]], [forced_rows, forced]), none)
    if torch.numel(bias_rows) > 0:
      biased = annotate(List[Optional[Tensor]], [bias_rows, bias_tokens])
      _4 = torch.index_put_(x, biased, torch.add(torch.index(x, biased), bias))
    return x

  def sample(self: __torch__.Decoder,
      logits: Tensor,
      edits: List[Tensor],
      plain: List[Tensor],
      filtered: List[Tensor],
      candidates: int) -> Tensor:
    x = logits
    if torch.len(edits) > 0:
      x = (self).edit(logits, edits, )
    ids = torch.argmax(x, 1)
    if torch.len(plain) > 0:
      rows, temperature, top_k, top_p, min_p, draws, = plain
      s = torch.div(torch.index_select(x, 0, rows), torch.unsqueeze(temperature, 1))
      _0 = torch.index_copy_(ids, 0, rows, torch.squeeze((self).draw(s, draws, ), 1))
    if torch.len(filtered) > 0:
      rows, temperature, top_k, top_p, min_p, draws, = filtered
      s = torch.div(torch.index_select(x, 0, rows), torch.unsqueeze(temperature, 1))
      _1 = torch.index_copy_(ids, 0, rows, (self).draw_filtered(s, candidates, top_k, top_p, min_p, draws, ))
    return ids

  def scores(self: __torch__.Decoder,
      logits: Tensor,
      tokens: Tensor,
      alternatives: int) -> List[Tensor]:
    # For each row a token's log-probability and rank, and the likeliest tokens with theirs.
    logprobs = torch.log_softmax(logits, 1)
    at = torch.unsqueeze(tokens, 1)
    better = torch.gt(logits, torch.gather(logits, 1, at))
    rank = torch.add(torch.sum(better, [1]), 1)
    s, top, = (self).best(logits, min(alternatives, torch.size(logits, 1)), )
    own = torch.squeeze(torch.gather(logprobs, 1, at), 1)
    return [own, rank, top, torch.gather(logprobs, 1, top)]

  def sample_scored(self: __torch__.Decoder,
      logits: Tensor,
      edits: List[Tensor],
      plain: List[Tensor],
      filtered: List[Tensor],
      candidates: int,
      rows: Tensor,
      sources: Tensor,
      alternatives: int) -> List[Tensor]:
    # Scores are those of the logits before any edit, of which there is a copy therefore.
    raw = torch.index_select(logits, 0, sources)
    ids = (self).sample(logits, edits, plain, filtered, candidates, )
    own, rank, top, logprobs, = (self).scores(raw, torch.index_select(ids, 0, rows), alternatives, )
    return [ids, own, rank, top, logprobs]

  def score_prompt(self: __torch__.Decoder,
      logits: Tensor,
      first: int,
      tokens: Tensor,
      alternatives: int) -> List[Tensor]:
    # The rows from the first one on, some at a time, so that no second [rows, vocabulary] exists.
    parts = annotate(List[List[Tensor]], [])
    n = torch.size(tokens, 0)
    for i in range(torch.floordiv(n + 63, 64)):
      begin = i * 64
      end = min(begin + 64, n)
      rows = torch.slice(logits, 0, first + begin, first + end, 1)
      _0 = torch.append(parts, (self).scores(rows, torch.slice(tokens, 0, begin, end, 1), alternatives, ))
    columns = annotate(List[Tensor], [])
    for c in range(4):
      column = annotate(List[Tensor], [])
      for i in range(torch.len(parts)):
        _1 = torch.append(column, parts[i][c])
      _2 = torch.append(columns, torch.cat(column, 0))
    return columns

  def first_rows(self: __torch__.Decoder,
      logits: Tensor,
      count: int) -> Tensor:
    return torch.slice(logits, 0, 0, count, 1)

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
