// Numbers, and what all kernels share. Whoever compiles this defines
//   NUMBER    the type of weights, activations and cache: 0 float32, 1 bfloat16, 2 float16
//   HEAD_DIM  width of a head
// Sums, the residual stream and logits are float32 whatever NUMBER is. On a machine without a GPU these
// texts are compiled as C++, with EMULATED defined and what CUDA provides written in plain C++ before them.

#define FLOAT32 0
#define BFLOAT16 1
#define FLOAT16 2

typedef unsigned int Word;

#if NUMBER == FLOAT32
typedef float Number;
#define NUMBER_BYTES 4
#else
typedef unsigned short Number;
#define NUMBER_BYTES 2
#endif

// Numbers are read eight at a time: 128 bits of them, or twice that in float32.
#define EIGHT_WORDS (2 * NUMBER_BYTES)
#define FOUR_WORDS NUMBER_BYTES

// Numbers of a row that a warp takes together: eight by each of four lanes. Rows are padded to whole chunks.
#define CHUNK 32

// Heads are padded to whole chunks, too; the padding is zero.
#define HEAD ((HEAD_DIM + CHUNK - 1) / CHUNK * CHUNK)

#define DEVICE static __device__ __forceinline__
#define ALL_LANES 0xffffffffu

struct alignas(16) Eight {
  Word words[EIGHT_WORDS];
};

#ifndef EMULATED

#define MINUS_INFINITY __int_as_float(0xff800000)

// Shared memory of a size that the launch says.
#define DYNAMIC_SHARED(type, name) \
  extern __shared__ uint4 shared_memory[]; \
  type* name = reinterpret_cast<type*>(shared_memory)

DEVICE float to_float(Number x) {
#if NUMBER == FLOAT32
  return x;
#elif NUMBER == BFLOAT16
  return __uint_as_float((Word)x << 16);
#else
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
  return y;
#endif
}

DEVICE Number to_number(float x) {
#if NUMBER == FLOAT32
  return x;
#else
  Number y;
#if NUMBER == BFLOAT16
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y) : "f"(x));
#else
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
#endif
  return y;
#endif
}

// Reads what is read once: it need not stay in the first-level cache.
DEVICE Eight load_once(const Number* from) {
  Eight eight;
#pragma unroll
  for (int i = 0; i < EIGHT_WORDS; i += 4) {
    const uint4* at = reinterpret_cast<const uint4*>(from) + i / 4;
    asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(eight.words[i]), "=r"(eight.words[i + 1]), "=r"(eight.words[i + 2]),
          "=r"(eight.words[i + 3])
        : "l"(at));
  }
  return eight;
}

DEVICE float exponential(float x) {
#if NUMBER == FLOAT32
  return expf(x);
#else
  return __expf(x);
#endif
}

#endif

// The product of two small matrices by a whole warp: c += a b, where a is 16 x 16, b 16 x 8. Lane
// 4 g + t holds four numbers of row g of a (low), of row g + 8 (high) and of column g of b; those of
// the four lanes of one g are a whole row or column, in an order that is the same for all, and any.
// Of c it holds the numbers of row g (c[0], c[1]) and of row g + 8 (c[2], c[3]) in the columns 2 t and
// 2 t + 1.
#if NUMBER == FLOAT32 || defined(MMA_BY_SHUFFLES)
DEVICE void mma_by_shuffles(float* c, const Word* low, const Word* high, const Word* b) {
  int lane = threadIdx.x % 32;
  int row = lane / 4 * 4;
  int column = lane % 4 * 8;
#pragma unroll
  for (int k = 0; k < 16; k++) {
    float l = __uint_as_float(__shfl_sync(ALL_LANES, low[k % 4], row + k / 4));
    float h = __uint_as_float(__shfl_sync(ALL_LANES, high[k % 4], row + k / 4));
    float b0 = __uint_as_float(__shfl_sync(ALL_LANES, b[k % 4], column + k / 4));
    float b1 = __uint_as_float(__shfl_sync(ALL_LANES, b[k % 4], column + 4 + k / 4));
    c[0] += l * b0;
    c[1] += l * b1;
    c[2] += h * b0;
    c[3] += h * b1;
  }
}
#endif

#ifndef EMULATED
DEVICE void mma(float* c, const Word* low, const Word* high, const Word* b) {
#if NUMBER == FLOAT32
  mma_by_shuffles(c, low, high, b);
#elif NUMBER == BFLOAT16
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(low[0]), "r"(high[0]), "r"(low[1]), "r"(high[1]), "r"(b[0]), "r"(b[1]));
#else
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(low[0]), "r"(high[0]), "r"(low[1]), "r"(high[1]), "r"(b[0]), "r"(b[1]));
#endif
}
#endif

// c += a b for 32 numbers of each row and column: eight by each lane.
DEVICE void mma_chunk(float* c, const Eight& low, const Eight& high, const Eight& b) {
  mma(c, low.words, high.words, b.words);
  mma(c, low.words + FOUR_WORDS, high.words + FOUR_WORDS, b.words + FOUR_WORDS);
}

DEVICE Eight load(const Number* from) {
  Eight eight;
#pragma unroll
  for (int i = 0; i < EIGHT_WORDS; i += 4) {
    uint4 four = *(reinterpret_cast<const uint4*>(from) + i / 4);
    eight.words[i] = four.x;
    eight.words[i + 1] = four.y;
    eight.words[i + 2] = four.z;
    eight.words[i + 3] = four.w;
  }
  return eight;
}

DEVICE Eight zeros() {
  Eight eight;
#pragma unroll
  for (int i = 0; i < EIGHT_WORDS; i++) {
    eight.words[i] = 0;
  }
  return eight;
}

// The first count of eight numbers; zeros after them, even where there is no number at all.
DEVICE Eight first(Eight eight, int count) {
#pragma unroll
  for (int i = 0; i < EIGHT_WORDS; i++) {
#if NUMBER == FLOAT32
    eight.words[i] = i < count ? eight.words[i] : 0;
#else
    Word keep = 2 * i + 1 < count ? 0xffffffffu : 2 * i < count ? 0xffffu : 0;
    eight.words[i] &= keep;
#endif
  }
  return eight;
}

DEVICE float warp_sum(float x) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    x += __shfl_xor_sync(ALL_LANES, x, step);
  }
  return x;
}
