// What happens between the multiplications of many rows, which a library does: one block a row.

// x = embedding[tokens]: [rows, hidden]
extern "C" __global__ void embed(
    const Number* embedding, const int* tokens, float* x, int hidden) {
  const Number* from = embedding + (size_t)tokens[blockIdx.x] * hidden;
  for (int i = threadIdx.x; i < hidden; i += blockDim.x) {
    x[(size_t)blockIdx.x * hidden + i] = to_float(from[i]);
  }
}

DEVICE float block_sum(float x) {
  __shared__ float sums[32];
  x = warp_sum(x);
  if (threadIdx.x % 32 == 0) {
    sums[threadIdx.x / 32] = x;
  }
  __syncthreads();
  float sum = 0;
  for (int i = 0; i < blockDim.x / 32; i++) {
    sum += sums[i];
  }
  return sum;
}

// RMSNorm (arXiv:1910.07467) of the residual stream's rows: y = x[order] / sqrt(sum of squares +
// floor^2) * factors, [rows, stride]. A null order is the rows' own.
extern "C" __global__ void normalize(
    const float* x, const int* order, int hidden, const float* factors, float floor, Number* y,
    int stride) {
  int source = order ? order[blockIdx.x] : blockIdx.x;
  const float* row = x + (size_t)source * hidden;
  float sum = 0;
  for (int i = threadIdx.x; i < hidden; i += blockDim.x) {
    sum += row[i] * row[i];
  }
  float scale = 1 / sqrtf(block_sum(sum) + floor * floor);
  for (int i = threadIdx.x; i < hidden; i += blockDim.x) {
    y[(size_t)blockIdx.x * stride + i] = to_number(row[i] * scale * factors[i]);
  }
}

// Queries, keys and values [rows, stride] with their bias, heads normalised where norms [heads +
// kv_heads, HEAD_DIM] are given, then turned and put where they belong. One warp a head.
extern "C" __global__ void place_heads(
    const float* qkv, int stride, const float* bias, const float* norms, float floor, Number* queries,
    Number* keys, Number* values, const float* turns, const int* positions, const int* slots,
    int heads, int kv_heads, int block_size) {
  Heads to = {queries, keys, values, turns, positions, slots, heads, kv_heads, block_size};
  int lane = threadIdx.x % 32;
  for (int head = threadIdx.x / 32; head < heads + 2 * kv_heads; head += blockDim.x / 32) {
    const float* from = qkv + (size_t)blockIdx.x * stride + head * HEAD_DIM;
    const float* added = bias ? bias + head * HEAD_DIM : nullptr;
    const float* factors = norms && head < heads + kv_heads ? norms + head * HEAD_DIM : nullptr;
    float scale = 1;
    if (factors) {
      float sum = 0;
      for (int d = lane; d < HEAD_DIM; d += 32) {
        float x = from[d] + (added ? added[d] : 0);
        sum += x * x;
      }
      scale = 1 / sqrtf(warp_sum(sum) + floor * floor);
    }
    for (int d = 2 * lane; d < HEAD_DIM; d += 64) {
      float x = (from[d] + (added ? added[d] : 0)) * scale * (factors ? factors[d] : 1);
      float y = (from[d + 1] + (added ? added[d + 1] : 0)) * scale * (factors ? factors[d + 1] : 1);
      to.put(blockIdx.x, head * HEAD_DIM + d, x, y);
    }
  }
}

// silu(gate) * up: [rows, 2 * width], eight gates before the eight that they gate -> [rows, stride].
extern "C" __global__ void gate(
    const float* gate_up, const float* bias, int width, Number* y, int stride) {
  const float* from = gate_up + (size_t)blockIdx.x * 2 * width;
  for (int i = threadIdx.x; i < width; i += blockDim.x) {
    int at = i / 8 * 16 + i % 8;
    float g = from[at] + (bias ? bias[at] : 0);
    float u = from[at + 8] + (bias ? bias[at + 8] : 0);
    y[(size_t)blockIdx.x * stride + i] = to_number(silu(g) * u);
  }
}

// x += bias: [rows, width]
extern "C" __global__ void add_bias(float* x, const float* bias, int width) {
  for (int i = threadIdx.x; i < width; i += blockDim.x) {
    x[(size_t)blockIdx.x * width + i] += bias[i];
  }
}

// Copies blocks of the cache between two of its planes, [planes][blocks][words] of 128 bits each. One
// block of threads a copy and plane.
extern "C" __global__ void copy_blocks(
    const uint4* from, uint4* to, const int* sources, const int* targets, long long words,
    long long from_plane, long long to_plane) {
  const uint4* source = from + blockIdx.y * from_plane + sources[blockIdx.x] * words;
  uint4* target = to + blockIdx.y * to_plane + targets[blockIdx.x] * words;
  for (long long i = threadIdx.x; i < words; i += blockDim.x) {
    target[i] = source[i];
  }
}
