// Linear layers of 1 to 8 rows: what is done before and after the multiplication is done here, too.
//
// A weight is [tiles * 16, stride] numbers, stride a multiple of 32; what pads it is zero. A block takes
// one tile of 16 outputs after the other. Its warps share the columns; each multiplies 16 outputs by all
// rows at once on the tensor cores, so that eight rows cost what one does: the time that weights take
// to be read.

#define WARPS 8
#define ROWS 8

// Chunks whose weights a lane asks for before it waits for the first.
#define AHEAD 4

// RMSNorm: to = x[order] / sqrt(sum of squares + floor^2) * factors, of rows of the residual stream x
// [any, width] into shared memory [rows, stride]; zeros behind width. A null order is the rows' own.
DEVICE void normalize_shared(
    const float* x, const int* order, int rows, int width, const float* factors, float floor,
    Number* to, int stride, int padded) {
  __shared__ float squares[ROWS][WARPS];
  int warp = threadIdx.x / 32;
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    float sum = 0;
    if (r < rows) {
      const float* row = x + (size_t)(order ? order[r] : r) * width;
      for (int i = threadIdx.x; i < width; i += 32 * WARPS) {
        sum += row[i] * row[i];
      }
      sum = warp_sum(sum);
    }
    if (threadIdx.x % 32 == 0) {
      squares[r][warp] = sum;
    }
  }
  __syncthreads();
  for (int r = 0; r < rows; r++) {
    float sum = floor * floor;
    for (int i = 0; i < WARPS; i++) {
      sum += squares[r][i];
    }
    float scale = 1 / sqrtf(sum);
    const float* row = x + (size_t)(order ? order[r] : r) * width;
    for (int i = threadIdx.x; i < padded; i += 32 * WARPS) {
      to[r * stride + i] = i < width ? to_number(row[i] * scale * factors[i]) : to_number(0);
    }
  }
  __syncthreads();
}

// A warp's share of a tile's sums: [16 outputs][8 rows].
DEVICE void multiply_tile(
    const Number* weights, int stride, int tile, const Number* input, int input_stride, int rows,
    float (*sums)[ROWS]) {
  int lane = threadIdx.x % 32;
  int g = lane / 4;
  int t = lane % 4;
  const Number* low = weights + (size_t)(tile * 16 + g) * stride + 8 * t;
  const Number* high = low + (size_t)8 * stride;
  const Number* row = input + (size_t)g * input_stride + 8 * t;
  int chunks = stride / CHUNK;
  float c[4] = {0, 0, 0, 0};
  for (int begin = threadIdx.x / 32 * AHEAD; begin < chunks; begin += WARPS * AHEAD) {
    Eight a[AHEAD];
    Eight b[AHEAD];
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      if (begin + i < chunks) {
        a[i] = load_once(low + (begin + i) * CHUNK);
        b[i] = load_once(high + (begin + i) * CHUNK);
      }
    }
#pragma unroll
    for (int i = 0; i < AHEAD; i++) {
      if (begin + i < chunks) {
        Eight x = g < rows ? load(row + (begin + i) * CHUNK) : zeros();
        mma_chunk(c, a[i], b[i], x);
      }
    }
  }
  sums[g][2 * t] = c[0];
  sums[g][2 * t + 1] = c[1];
  sums[g + 8][2 * t] = c[2];
  sums[g + 8][2 * t + 1] = c[3];
}

// Multiplies rows by a weight, and gives the output two results of one row at a time: those of outputs
// 2 j and 2 j + 1 of a tile, or, where it says HALVES, of j and j + 8.
template <class Output>
DEVICE void linear(
    const Number* weights, int tiles, int stride, const Number* input, int input_stride, int rows,
    const Output& output) {
  // In turns, so that a tile's sums are read while those of the next are written.
  __shared__ float sums[2][WARPS][16][ROWS];
  int turn = 0;
  for (int tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    multiply_tile(
        weights, stride, tile, input, input_stride, rows, sums[turn][threadIdx.x / 32]);
    __syncthreads();
    int j = threadIdx.x / ROWS;
    int row = threadIdx.x % ROWS;
    if (j < 8 && row < rows) {
      int one = Output::HALVES ? j : 2 * j;
      int other = Output::HALVES ? j + 8 : 2 * j + 1;
      float x = 0;
      float y = 0;
      for (int i = 0; i < WARPS; i++) {
        x += sums[turn][i][one][row];
        y += sums[turn][i][other][row];
      }
      output.put(row, tile, j, x, y);
    }
    turn ^= 1;
  }
}

// Added to the residual stream.
struct Residual {
  static const bool HALVES = false;
  float* x;  // [rows, width]
  const float* bias;
  int width;
  __device__ __forceinline__ void put(int row, int tile, int j, float y, float z) const {
    int at = tile * 16 + 2 * j;
    float* to = x + (size_t)row * width;
    if (at < width) {
      to[at] += y + (bias ? bias[at] : 0);
    }
    if (at + 1 < width) {
      to[at + 1] += z + (bias ? bias[at + 1] : 0);
    }
  }
};

// Written as it is, with the padding: [rows, tiles * 16].
struct Plain {
  static const bool HALVES = false;
  float* y;
  const float* bias;
  int outputs;
  int tiles;
  __device__ __forceinline__ void put(int row, int tile, int j, float first, float second) const {
    int at = tile * 16 + 2 * j;
    float* to = y + (size_t)row * tiles * 16 + at;
    to[0] = first + (bias && at < outputs ? bias[at] : 0);
    to[1] = second + (bias && at + 1 < outputs ? bias[at + 1] : 0);
  }
};

DEVICE float silu(float x) {
  return x / (1 + exponential(-x));
}

// silu(gate) * up (SwiGLU, arXiv:2002.05202), where a tile is eight gates and the eight that they gate.
struct Gated {
  static const bool HALVES = true;
  Number* y;  // [rows, stride]
  const float* bias;  // in the order of the weight's rows
  int stride;
  __device__ __forceinline__ void put(int row, int tile, int j, float gate, float up) const {
    float g = gate + (bias ? bias[tile * 16 + j] : 0);
    float u = up + (bias ? bias[tile * 16 + 8 + j] : 0);
    y[(size_t)row * stride + tile * 8 + j] = to_number(silu(g) * u);
  }
};

// Where queries, keys and values go: queries to [rows, heads, HEAD], keys to the cache's blocks
// [kv_heads, block_size, HEAD], values to its blocks [kv_heads, HEAD, block_size], so that the numbers
// that are multiplied together lie together in both.
struct Heads {
  Number* queries;
  Number* keys;
  Number* values;
  const float* turns;  // [positions, HEAD_DIM / 2, 2], cosine and sine (RoPE, arXiv:2104.09864); or null
  const int* positions;  // [rows]
  const int* slots;  // [rows], places in the cache: block * block_size + offset
  int heads;
  int kv_heads;
  int block_size;

  // Takes outputs at, which is even, and at + 1: neighbours are what is turned together.
  __device__ __forceinline__ void put(int row, int at, float x, float y) const {
    int head = at / HEAD_DIM;
    int d = at % HEAD_DIM;
    if (head >= heads + 2 * kv_heads) {
      return;
    }
    if (turns && head < heads + kv_heads) {
      const float* turn = turns + (size_t)positions[row] * HEAD_DIM + d;
      float turned = x * turn[0] - y * turn[1];
      y = x * turn[1] + y * turn[0];
      x = turned;
    }
    if (head < heads) {
      put_pair(queries + ((size_t)row * heads + head) * HEAD + d, 1, x, y);
      return;
    }
    int kv = head - heads;
    size_t block = slots[row] / block_size;
    int offset = slots[row] % block_size;
    if (kv < kv_heads) {
      put_pair(keys + ((block * kv_heads + kv) * block_size + offset) * HEAD + d, 1, x, y);
    } else {
      size_t at_head = block * kv_heads + kv - kv_heads;
      put_pair(values + (at_head * HEAD + d) * block_size + offset, block_size, x, y);
    }
  }

  __device__ __forceinline__ static void put_pair(Number* to, int step, float x, float y) {
    to[0] = to_number(x);
    to[step] = to_number(y);
  }
};

struct Rotated {
  static const bool HALVES = false;
  Heads to;
  const float* bias;
  int outputs;
  __device__ __forceinline__ void put(int row, int tile, int j, float x, float y) const {
    int at = tile * 16 + 2 * j;
    if (at < outputs) {
      to.put(row, at, x + (bias ? bias[at] : 0), y + (bias ? bias[at + 1] : 0));
    }
  }
};

// Norm, then queries, keys and values, turned and put where they belong.
extern "C" __global__ void __launch_bounds__(32 * WARPS) linear_heads(
    const Number* weights, int outputs, int stride, const float* bias, const float* x, int rows,
    int hidden, const float* factors, float floor, int input_stride, Number* queries, Number* keys,
    Number* values, const float* turns, const int* positions, const int* slots, int heads,
    int kv_heads, int block_size) {
  DYNAMIC_SHARED(Number, input);
  normalize_shared(x, nullptr, rows, hidden, factors, floor, input, input_stride, stride);
  Heads to = {queries, keys, values, turns, positions, slots, heads, kv_heads, block_size};
  Rotated output = {to, bias, outputs};
  linear(weights, (outputs + 15) / 16, stride, input, input_stride, rows, output);
}

// Norm of some rows of x, then a multiplication: logits, or heads that have norms of their own.
extern "C" __global__ void __launch_bounds__(32 * WARPS) linear_plain(
    const Number* weights, int outputs, int stride, const float* bias, const float* x,
    const int* order, int rows, int hidden, const float* factors, float floor, int input_stride,
    float* y) {
  DYNAMIC_SHARED(Number, input);
  normalize_shared(x, order, rows, hidden, factors, floor, input, input_stride, stride);
  int tiles = (outputs + 15) / 16;
  Plain output = {y, bias, outputs, tiles};
  linear(weights, tiles, stride, input, input_stride, rows, output);
}

// Norm, then gate and up, then the gate.
extern "C" __global__ void __launch_bounds__(32 * WARPS) linear_gated(
    const Number* weights, int outputs, int stride, const float* bias, const float* x, int rows,
    int hidden, const float* factors, float floor, int input_stride, Number* y, int y_stride) {
  DYNAMIC_SHARED(Number, input);
  normalize_shared(x, nullptr, rows, hidden, factors, floor, input, input_stride, stride);
  Gated output = {y, bias, y_stride};
  linear(weights, (outputs + 15) / 16, stride, input, input_stride, rows, output);
}

// A multiplication whose result is added to the residual stream: attention's output, and down.
extern "C" __global__ void __launch_bounds__(32 * WARPS) linear_residual(
    const Number* weights, int outputs, int stride, const float* bias, const Number* input, int rows,
    float* x) {
  Residual output = {x, bias, outputs};
  linear(weights, (outputs + 15) / 16, stride, input, stride, rows, output);
}
