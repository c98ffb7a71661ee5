// Attention of whole tiles: the warps of a block share a context, or what a split leaves of it, chunk by
// chunk (attention_chunk.cu); what they find is merged, and what splits find is combined.

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
