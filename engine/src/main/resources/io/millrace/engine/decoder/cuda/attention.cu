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

// Puts a tile's queries into shared memory; zeros for columns that there are not.
template <int EIGHTS>
DEVICE void load_queries(
    const Attention& all, const Tile& tile, int kv, Number (*queries)[HEAD + CHUNK]) {
  for (int i = threadIdx.x; i < 8 * EIGHTS * HEAD; i += blockDim.x) {
    int column = tile.first + i / HEAD;
    Number number = to_number(0);
    if (column < tile.columns) {
      int row = tile.row + column / all.group();
      int head = kv * all.group() + column % all.group();
      number = all.queries[((size_t)row * all.heads + head) * HEAD + i % HEAD];
    }
    queries[i / HEAD][i % HEAD] = number;
  }
  __syncthreads();
}

// What the warps of a block have found, as one: outputs that are yet to be divided by sums.
template <int EIGHTS>
struct Found {
  float outputs[HEAD][8 * EIGHTS];
  float best[8 * EIGHTS];
  float sum[8 * EIGHTS];
};

template <int EIGHTS>
DEVICE void merge(State<EIGHTS>& state, Found<EIGHTS>& found) {
  __shared__ float bests[ATTENTION_WARPS][8 * EIGHTS];
  __shared__ float sums[ATTENTION_WARPS][8 * EIGHTS];
  int warp = threadIdx.x / 32;
  int g = threadIdx.x % 32 / 4;
  int t = threadIdx.x % 4;
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
#pragma unroll
    for (int f = 0; f < 2; f++) {
      float sum = state.sum[e][f];
#pragma unroll
      for (int step = 4; step < 32; step *= 2) {
        sum += __shfl_xor_sync(ALL_LANES, sum, step);
      }
      if (g == 0) {
        bests[warp][8 * e + 2 * t + f] = state.best[e][f];
        sums[warp][8 * e + 2 * t + f] = sum;
      }
    }
  }
  __syncthreads();
  if (threadIdx.x < 8 * EIGHTS) {
    float best = MINUS_INFINITY;
    for (int i = 0; i < ATTENTION_WARPS; i++) {
      best = fmaxf(best, bests[i][threadIdx.x]);
    }
    float sum = 0;
    for (int i = 0; i < ATTENTION_WARPS; i++) {
      if (bests[i][threadIdx.x] != MINUS_INFINITY) {
        sum += sums[i][threadIdx.x] * exponential(bests[i][threadIdx.x] - best);
      }
    }
    found.best[threadIdx.x] = best;
    found.sum[threadIdx.x] = sum;
  }
  __syncthreads();
  // One warp after the other, so that sums do not depend on who comes first.
  for (int turn = 0; turn < ATTENTION_WARPS; turn++) {
    if (turn == warp) {
#pragma unroll
      for (int e = 0; e < EIGHTS; e++) {
#pragma unroll
        for (int f = 0; f < 2; f++) {
          int column = 8 * e + 2 * t + f;
          bool none = state.best[e][f] == MINUS_INFINITY;
          float factor = none ? 0 : exponential(state.best[e][f] - found.best[column]);
#pragma unroll
          for (int d = 0; d < HEAD / 16; d++) {
            float& low = found.outputs[16 * d + g][column];
            float& high = found.outputs[16 * d + g + 8][column];
            low = (turn == 0 ? 0 : low) + state.outputs[e][d][f] * factor;
            high = (turn == 0 ? 0 : high) + state.outputs[e][d][2 + f] * factor;
          }
        }
      }
    }
    __syncthreads();
  }
}

// Attention of one tile and key head over one split of the context. Grid: (tiles, kv_heads, splits).
// With one split the result goes to y [rows, stride]; with more, what was found goes to parts [tiles,
// kv_heads, splits, columns, HEAD + 2]: outputs, best score and sum, to be combined.
template <int EIGHTS>
DEVICE void attend(const Attention& all, Number* y, int stride, float* parts) {
  alignas(16) __shared__ Number queries[8 * EIGHTS][HEAD + CHUNK];
  alignas(16) __shared__ Number weights[ATTENTION_WARPS][8 * EIGHTS][CHUNK + 8];
  __shared__ Found<EIGHTS> found;
  Tile tile = all.tiles[blockIdx.x];
  int kv = blockIdx.y;
  load_queries<EIGHTS>(all, tile, kv, queries);
  Part part(all, tile, 8 * EIGHTS, blockIdx.z, gridDim.z);
  const int* table = all.tables + tile.table;
  int warp = threadIdx.x / 32;
  State<EIGHTS> state;
#pragma unroll
  for (int e = 0; e < EIGHTS; e++) {
#pragma unroll
    for (int f = 0; f < 2; f++) {
      state.best[e][f] = MINUS_INFINITY;
      state.sum[e][f] = 0;
    }
#pragma unroll
    for (int d = 0; d < HEAD / 16; d++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        state.outputs[e][d][i] = 0;
      }
    }
  }
  for (int chunk = part.begin + warp; chunk < part.end; chunk += ATTENTION_WARPS) {
    float scores[EIGHTS][2][4];
#pragma unroll
    for (int i = 0; i < 8 * EIGHTS; i++) {
      scores[i / 8][i / 4 % 2][i % 4] = 0;
    }
    score<EIGHTS>(all, table, kv, chunk, part.tokens, queries, scores);
#pragma unroll
    for (int e = 0; e < EIGHTS; e++) {
      soften<EIGHTS>(all, tile, kv, chunk, e, scores[e], state, weights[warp]);
    }
    __syncwarp();
    add_values<EIGHTS>(all, table, kv, chunk, part.tokens, weights[warp], state);
    __syncwarp();
  }
  merge<EIGHTS>(state, found);
  for (int i = threadIdx.x; i < 8 * EIGHTS * HEAD; i += blockDim.x) {
    int at = i / HEAD;
    int d = i % HEAD;
    int column = tile.first + at;
    if (column >= tile.columns) {
      continue;
    }
    if (gridDim.z == 1) {
      if (d < HEAD_DIM) {
        int row = tile.row + column / all.group();
        int head = kv * all.group() + column % all.group();
        y[(size_t)row * stride + head * HEAD_DIM + d] =
            to_number(found.outputs[d][at] / found.sum[at]);
      }
      continue;
    }
    size_t place = ((size_t)blockIdx.x * all.kv_heads + kv) * gridDim.z + blockIdx.z;
    float* to = parts + (place * 8 * EIGHTS + at) * (HEAD + 2);
    to[d] = found.outputs[d][at];
    if (d == 0) {
      to[HEAD] = found.best[at];
      to[HEAD + 1] = found.sum[at];
    }
  }
}

// Combines what the splits found. Grid: (tiles, kv_heads).
template <int EIGHTS>
DEVICE void combine(
    const Tile* tiles, int heads, int kv_heads, const float* parts, int splits, Number* y,
    int stride) {
  Tile tile = tiles[blockIdx.x];
  int kv = blockIdx.y;
  int group = heads / kv_heads;
  size_t place = ((size_t)blockIdx.x * kv_heads + kv) * splits;
  const float* from = parts + place * 8 * EIGHTS * (HEAD + 2);
  size_t step = (size_t)8 * EIGHTS * (HEAD + 2);
  for (int i = threadIdx.x; i < 8 * EIGHTS * HEAD_DIM; i += blockDim.x) {
    int at = i / HEAD_DIM;
    int d = i % HEAD_DIM;
    int column = tile.first + at;
    if (column >= tile.columns) {
      continue;
    }
    const float* part = from + at * (HEAD + 2);
    float best = MINUS_INFINITY;
    for (int s = 0; s < splits; s++) {
      best = fmaxf(best, part[s * step + HEAD]);
    }
    float output = 0;
    float sum = 0;
    for (int s = 0; s < splits; s++) {
      if (part[s * step + HEAD] != MINUS_INFINITY) {
        float factor = exponential(part[s * step + HEAD] - best);
        output += part[s * step + d] * factor;
        sum += part[s * step + HEAD + 1] * factor;
      }
    }
    int row = tile.row + column / group;
    int head = kv * group + column % group;
    y[(size_t)row * stride + head * HEAD_DIM + d] = to_number(output / sum);
  }
}

// Single tokens, whose columns are the heads that share a key head.
extern "C" __global__ void __launch_bounds__(32 * ATTENTION_WARPS) attend_tokens(
    const Number* queries, const Number* keys, const Number* values, const Tile* tiles,
    const int* tables, const float* slopes, int heads, int kv_heads, int block_size, int window,
    Number* y, int stride, float* parts) {
  Attention all = {queries, keys,  values,   tiles,      tables,
                   slopes,  heads, kv_heads, block_size, window};
  attend<1>(all, y, stride, parts);
}

extern "C" __global__ void __launch_bounds__(32 * ATTENTION_WARPS) combine_tokens(
    const Tile* tiles, const float* parts, int splits, int heads, int kv_heads, Number* y,
    int stride) {
  combine<1>(tiles, heads, kv_heads, parts, splits, y, stride);
}

// Prompts, of which a tile has several tokens.
extern "C" __global__ void __launch_bounds__(32 * ATTENTION_WARPS) attend_prompts(
    const Number* queries, const Number* keys, const Number* values, const Tile* tiles,
    const int* tables, const float* slopes, int heads, int kv_heads, int block_size, int window,
    Number* y, int stride, float* parts) {
  Attention all = {queries, keys,  values,   tiles,      tables,
                   slopes,  heads, kv_heads, block_size, window};
  attend<PROMPT_EIGHTS>(all, y, stride, parts);
}

extern "C" __global__ void __launch_bounds__(32 * ATTENTION_WARPS) combine_prompts(
    const Tile* tiles, const float* parts, int splits, int heads, int kv_heads, Number* y,
    int stride) {
  combine<PROMPT_EIGHTS>(tiles, heads, kv_heads, parts, splits, y, stride);
}
