  # From logits to tokens: further methods of the class that decoder.py begins.

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
