// Attention over the paged cache (PagedAttention, arXiv:2309.06180), of prompts and of single tokens alike:
// softmax while the context is read (arXiv:2205.14135), and the context shared by several blocks where
// there are few queries (split, then combined).
//
// The queries of all tokens and heads that share a key head are columns: column c of a span is its token
// c / group, head c % group. Scores are keys times columns, 16 tokens by 8 columns; outputs are values,
// which lie transposed, times weights, 16 dimensions by 8 columns. Both run on the tensor cores.

#define ATTENTION_WARPS 4

// Columns of a tile of a prompt, in eights: as many as registers hold.
#if NUMBER == FLOAT32 || HEAD > 128
#define PROMPT_EIGHTS 2
#else
#define PROMPT_EIGHTS 4
#endif

// A tile: some columns of a span, as the host lays them out.
struct Tile {
  int row;  // the span's first row
  int position;  // that row's position
  int columns;  // the span's columns: tokens * group
  int first;  // the tile's first column
  int table;  // where the sequence's blocks begin in the list of all tables
};

struct Attention {
  const Number* queries;  // [rows, heads, HEAD]
  const Number* keys;  // blocks of [kv_heads, block_size, HEAD]
  const Number* values;  // blocks of [kv_heads, HEAD, block_size]
  const Tile* tiles;
  const int* tables;
  const float* slopes;  // [heads], or null (ALiBi, arXiv:2108.12409)
  int heads;
  int kv_heads;
  int block_size;
  int window;  // 0 for none (arXiv:2004.05150)

  __device__ __forceinline__ int group() const {
    return heads / kv_heads;
  }

  __device__ __forceinline__ int first_seen(int position) const {
    return window > 0 && position >= window ? position - window + 1 : 0;
  }
};

// The context that a tile sees, and a split's part of it, in chunks of 32 tokens.
struct Part {
  int begin;
  int end;
  int tokens;  // of the context, from the sequence's begin

  __device__ __forceinline__ Part(
      const Attention& all, const Tile& tile, int columns, int split, int splits) {
    int last = min(tile.first + columns, tile.columns) - 1;
    tokens = tile.position + last / all.group() + 1;
    int first = all.first_seen(tile.position + tile.first / all.group()) / CHUNK;
    int chunks = (tokens + CHUNK - 1) / CHUNK - first;
    int each = (chunks + splits - 1) / splits;
    begin = min(first + split * each, first + chunks);
    end = min(begin + each, first + chunks);
  }
};

template <int EIGHTS>
struct State {
  float outputs[EIGHTS][HEAD / 16][4];
  float best[EIGHTS][2];  // of the columns 2 t and 2 t + 1
  float sum[EIGHTS][2];  // this lane's share
};

// The keys of this lane's four tokens of a chunk, eight dimensions each.
DEVICE void load_keys(
    const Attention& all, const int* table, int kv, int chunk, int tokens, int d, Eight* keys) {
  int g = threadIdx.x % 32 / 4;
  int t = threadIdx.x % 4;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    int token = chunk * CHUNK + 8 * i + g;
    if (token < tokens) {
      size_t block = table[token / all.block_size];
      size_t row = (block * all.kv_heads + kv) * all.block_size + token % all.block_size;
      keys[i] = load(all.keys + row * HEAD + d + 8 * t);
    } else {
      keys[i] = zeros();
    }
  }
}

// Scores of a chunk: of 16 tokens each, 8 columns.
template <int EIGHTS>
DEVICE void score(
    const Attention& all, const int* table, int kv, int chunk, int tokens,
    const Number (*queries)[HEAD + CHUNK], float (*scores)[2][4]) {
  int g = threadIdx.x % 32 / 4;
  int t = threadIdx.x % 4;
#pragma unroll
  for (int d = 0; d < HEAD; d += CHUNK) {
    Eight keys[4];
    load_keys(all, table, kv, chunk, tokens, d, keys);
#pragma unroll
    for (int e = 0; e < EIGHTS; e++) {
      Eight query = load(&queries[8 * e + g][d + 8 * t]);
      mma_chunk(scores[e][0], keys[0], keys[1], query);
      mma_chunk(scores[e][1], keys[2], keys[3], query);
    }
  }
}

// Makes weights of a chunk's scores of two columns, and brings what was summed up to their best score.
template <int EIGHTS>
DEVICE void soften(
    const Attention& all, const Tile& tile, int kv, int chunk, int e, float (*scores)[4],
    State<EIGHTS>& state, Number (*weights)[CHUNK + 8]) {
  int g = threadIdx.x % 32 / 4;
  int t = threadIdx.x % 4;
#pragma unroll
  for (int f = 0; f < 2; f++) {
    int column = tile.first + 8 * e + 2 * t + f;
    int position = tile.position + column / all.group();
    int seen = all.first_seen(position);
    float slope = all.slopes ? all.slopes[kv * all.group() + column % all.group()] : 0;
    float best = MINUS_INFINITY;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int token = chunk * CHUNK + 8 * i + g;
      float& score = scores[i / 2][i % 2 * 2 + f];
      bool sees = column < tile.columns && token <= position && token >= seen;
      score = sees ? score + slope * (token - position) : MINUS_INFINITY;
      best = fmaxf(best, score);
    }
#pragma unroll
    for (int step = 4; step < 32; step *= 2) {
      best = fmaxf(best, __shfl_xor_sync(ALL_LANES, best, step));
    }
    best = fmaxf(best, state.best[e][f]);
    // Nothing was seen so far: there is nothing to bring up, and no difference of infinities.
    bool none = best == MINUS_INFINITY;
    float factor = none ? 1 : exponential(state.best[e][f] - best);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      float weight = none ? 0 : exponential(scores[i / 2][i % 2 * 2 + f] - best);
      sum += weight;
      weights[8 * e + 2 * t + f][8 * i + g] = to_number(weight);
    }
    state.best[e][f] = best;
    state.sum[e][f] = state.sum[e][f] * factor + sum;
#pragma unroll
    for (int d = 0; d < HEAD / 16; d++) {
      state.outputs[e][d][f] *= factor;
      state.outputs[e][d][2 + f] *= factor;
    }
  }
}

// Adds a chunk's values by their weights.
template <int EIGHTS>
DEVICE void add_values(
    const Attention& all, const int* table, int kv, int chunk, int tokens,
    const Number (*weights)[CHUNK + 8], State<EIGHTS>& state) {
  int g = threadIdx.x % 32 / 4;
  int t = threadIdx.x % 4;
  int token = chunk * CHUNK + 8 * t;
  // Behind the context stands what others left, and 0 times that may not be 0.
  int left = min(8, tokens - token);
  size_t block = left > 0 ? table[token / all.block_size] : 0;
  const Number* values =
      all.values + (block * all.kv_heads + kv) * HEAD * all.block_size + token % all.block_size;
  Eight shares[EIGHTS];
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
    shares[e] = load(&weights[8 * e + g][8 * t]);
  }
#pragma unroll
  for (int d = 0; d < HEAD / 16; d++) {
    Eight low = zeros();
    Eight high = zeros();
    if (left > 0) {
      low = first(load(values + (size_t)(16 * d + g) * all.block_size), left);
      high = first(load(values + (size_t)(16 * d + g + 8) * all.block_size), left);
    }
#pragma unroll
    for (int e = 0; e < EIGHTS; e++) {
      mma_chunk(state.outputs[e][d], low, high, shares[e]);
    }
  }
}
