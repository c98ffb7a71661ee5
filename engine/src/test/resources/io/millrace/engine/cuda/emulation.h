// What CUDA provides, in plain C++: blocks run one after the other, and the threads of a block are fibers,
// each of which runs until it waits for others. What is an error on a GPU and goes unseen there ends
// the launch with a message: threads of a warp or block that wait in different places, or end while others
// wait. Dynamic shared memory is full of NaN when a block begins.
#define EMULATED 1

#include <csetjmp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <sys/mman.h>
#include <ucontext.h>

#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static
#define MINUS_INFINITY (-INFINITY)
#define DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(emulation::shared_memory)

struct uint4 {
  unsigned x, y, z, w;
};

struct Place {
  unsigned x = 0, y = 0, z = 0;
};

static Place threadIdx, blockIdx, blockDim, gridDim;

using std::size_t;

template <class T>
static inline T min(T a, T b) {
  return a < b ? a : b;
}

static inline float __uint_as_float(unsigned bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

static inline unsigned __float_as_uint(float x) {
  unsigned bits;
  memcpy(&bits, &x, 4);
  return bits;
}

namespace emulation {

const int MOST_THREADS = 1024;
const size_t STACK = 256 << 10;
const size_t SHARED = 64 << 10;
const int EXCHANGED = 64;

enum State { READY, AT_WARP, AT_BLOCK, DONE };

struct Fiber {
  jmp_buf context;
  State state = DONE;
  int line = 0;
  int exchanges = 0;
  bool born = false;
};

struct Warp {
  // In turns: who has read the others' may already bring the next.
  alignas(16) unsigned char exchanged[2][32][EXCHANGED];
};

static Fiber fibers[MOST_THREADS];
static Warp warps[MOST_THREADS / 32];
static char* stacks;
alignas(128) static unsigned char shared_memory[SHARED];
static jmp_buf scheduler;
static int current;
static int order;
static char failure[256];
static void (*body)(void**);
static void** arguments;

static void to_scheduler() {
  if (!_setjmp(fibers[current].context)) {
    _longjmp(scheduler, 1);
  }
}

static void wait(State where, int line) {
  fibers[current].state = where;
  fibers[current].line = line;
  to_scheduler();
}

static void life() {
  while (true) {
    body(arguments);
    fibers[current].state = DONE;
    to_scheduler();
  }
}

// Gives a fiber its first stack frame; from then on it is switched to without a call of the system.
static void bear(int i) {
  ucontext_t context;
  getcontext(&context);
  context.uc_stack.ss_sp = stacks + i * STACK;
  context.uc_stack.ss_size = STACK;
  context.uc_link = nullptr;
  makecontext(&context, life, 0);
  fibers[i].born = true;
  setcontext(&context);
}

static void go_on(int i) {
  current = i;
  threadIdx.x = i;
  if (!_setjmp(scheduler)) {
    if (fibers[i].born) {
      _longjmp(fibers[i].context, 1);
    }
    bear(i);
  }
}

static int fail(const char* what, int thread, int line, int other, int other_line) {
  snprintf(failure, sizeof failure, "%s: thread %d in line %d, thread %d in line %d", what, thread,
           line, other, other_line);
  for (int i = 0; i < MOST_THREADS; i++) {
    fibers[i] = Fiber();
  }
  return 1;
}

// Lets threads go on that have all come to one place.
static int release(State where, int begin, int end, bool* went) {
  int done = 0;
  int waits = 0;
  for (int i = begin; i < end; i++) {
    done += fibers[i].state == DONE;
    waits += fibers[i].state == where;
  }
  if (waits == 0) {
    return 0;
  }
  for (int i = begin; i < end; i++) {
    if (fibers[i].state == DONE || (waits == end - begin && fibers[i].line != fibers[begin].line)) {
      int other = fibers[begin].state == where ? begin : begin + 1;
      return fail(where == AT_WARP ? "a warp has parted" : "a block has parted", i, fibers[i].line,
                  other, fibers[other].line);
    }
  }
  if (waits == end - begin) {
    for (int i = begin; i < end; i++) {
      fibers[i].state = READY;
    }
    *went = true;
  }
  return 0;
}

static int run_block(int threads) {
  memset(shared_memory, 0xff, SHARED);
  for (int i = 0; i < threads; i++) {
    fibers[i].state = READY;
    fibers[i].exchanges = 0;
  }
  while (true) {
    bool went = false;
    int done = 0;
    for (int n = 0; n < threads; n++) {
      // Any order is allowed, so results must not depend on it.
      int i = order == 0 ? n : order == 1 ? threads - 1 - n : (n * 17 + 5) % threads;
      if (fibers[i].state == READY) {
        go_on(i);
        went = true;
      }
      done += fibers[i].state == DONE;
    }
    if (done == threads) {
      return 0;
    }
    for (int i = 0; i < threads; i += 32) {
      if (release(AT_WARP, i, i + 32, &went)) {
        return 1;
      }
    }
    if (release(AT_BLOCK, 0, threads, &went)) {
      return 1;
    }
    if (!went) {
      int other = 0;
      while (fibers[other].state == fibers[0].state) {
        other++;
      }
      return fail("threads wait for each other", 0, fibers[0].line, other, fibers[other].line);
    }
  }
}

// Gives all lanes of a warp what each of them brings.
template <class T>
static const T* exchange(const T& mine, int line, T (&all)[32]) {
  static_assert(sizeof(T) <= EXCHANGED, "too much to exchange");
  Warp& warp = warps[current / 32];
  int turn = fibers[current].exchanges++ % 2;
  memcpy(warp.exchanged[turn][current % 32], &mine, sizeof(T));
  wait(AT_WARP, line);
  for (int i = 0; i < 32; i++) {
    memcpy(&all[i], warp.exchanged[turn][i], sizeof(T));
  }
  return all;
}

template <class T>
static T shuffle(T mine, int from, int line) {
  Warp& warp = warps[current / 32];
  int turn = fibers[current].exchanges++ % 2;
  memcpy(warp.exchanged[turn][current % 32], &mine, sizeof(T));
  wait(AT_WARP, line);
  memcpy(&mine, warp.exchanged[turn][from & 31], sizeof(T));
  return mine;
}

template <class... Arguments, std::size_t... At>
static void call(void (*kernel)(Arguments...), void** values, std::index_sequence<At...>) {
  kernel(*static_cast<Arguments*>(values[At])...);
}

template <class... Arguments>
static void call(void (*kernel)(Arguments...), void** values) {
  call(kernel, values, std::index_sequence_for<Arguments...>());
}

}  // namespace emulation

#define __syncthreads() emulation::wait(emulation::AT_BLOCK, __LINE__)
#define __syncwarp() emulation::wait(emulation::AT_WARP, __LINE__)
#define __shfl_sync(mask, value, from) emulation::shuffle(value, from, __LINE__)
#define __shfl_xor_sync(mask, value, with) \
  emulation::shuffle(value, (int)(threadIdx.x % 32) ^ (with), __LINE__)

// Launches a kernel; null, or what went wrong.
extern "C" const char* emulated_launch(
    void (*kernel)(void**), unsigned x, unsigned y, unsigned z, unsigned threads, int thread_order,
    void** arguments) {
  using namespace emulation;
  if (!stacks) {
    stacks = static_cast<char*>(mmap(nullptr, MOST_THREADS * STACK, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  }
  if (threads % 32 != 0 || threads > MOST_THREADS) {
    return "a block must be whole warps, and 1024 threads at most";
  }
  body = kernel;
  emulation::arguments = arguments;
  order = thread_order;
  gridDim = {x, y, z};
  blockDim = {threads, 1, 1};
  for (blockIdx.z = 0; blockIdx.z < z; blockIdx.z++) {
    for (blockIdx.y = 0; blockIdx.y < y; blockIdx.y++) {
      for (blockIdx.x = 0; blockIdx.x < x; blockIdx.x++) {
        if (run_block(threads)) {
          return failure;
        }
      }
    }
  }
  return nullptr;
}

#if NUMBER == 0
typedef float EmulatedNumber;
#else
typedef unsigned short EmulatedNumber;
#endif

#if NUMBER == 2
static inline float to_float(unsigned short bits) {
  unsigned sign = (bits & 0x8000u) << 16;
  int exponent = bits >> 10 & 31;
  unsigned fraction = bits & 1023;
  if (exponent == 0) {
    return copysignf(ldexpf(fraction, -24), __uint_as_float(sign | 0x3f800000u));
  }
  if (exponent == 31) {
    return __uint_as_float(sign | 0x7f800000u | fraction << 13);
  }
  return __uint_as_float(sign | (exponent + 112) << 23 | fraction << 13);
}

static inline unsigned short to_number(float x) {
  unsigned short sign = __float_as_uint(x) >> 16 & 0x8000u;
  float size = fabsf(x);
  if (!(size < INFINITY)) {
    return sign | (size == INFINITY ? 0x7c00 : 0x7fff);
  }
  if (size < 6.103515625e-5f) {
    return sign | (unsigned short)lrintf(ldexpf(size, 24));
  }
  unsigned bits = __float_as_uint(size);
  unsigned rounded = (bits + 0xfff + (bits >> 13 & 1)) >> 13;
  return sign | (rounded >= (143u << 10) ? 0x7c00 : rounded - (112u << 10));
}
#elif NUMBER == 1
static inline float to_float(unsigned short x) {
  return __uint_as_float((unsigned)x << 16);
}

static inline unsigned short to_number(float x) {
  unsigned bits = __float_as_uint(x);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
#else
static inline float to_float(float x) {
  return x;
}

static inline float to_number(float x) {
  return x;
}
#endif

#define load_once load

static inline float exponential(float x) {
  return expf(x);
}

// As the GPU's instruction has it, and its replacement by shuffles in float32.
static inline void mma(float* c, const unsigned* low, const unsigned* high, const unsigned* b) {
  struct Lane {
    EmulatedNumber low[4], high[4], b[4];
  } mine, all[32];
  memcpy(mine.low, low, sizeof mine.low);
  memcpy(mine.high, high, sizeof mine.high);
  memcpy(mine.b, b, sizeof mine.b);
  emulation::exchange(mine, __LINE__, all);
  int lane = threadIdx.x % 32;
  const Lane* row = all + lane / 4 * 4;
  const Lane* column = all + lane % 4 * 8;
  for (int k = 0; k < 16; k++) {
    for (int f = 0; f < 2; f++) {
      float of_b = to_float(column[4 * f + k / 4].b[k % 4]);
      c[f] += to_float(row[k / 4].low[k % 4]) * of_b;
      c[2 + f] += to_float(row[k / 4].high[k % 4]) * of_b;
    }
  }
}

// y [rows, outputs] = or += x [rows, inputs] w [outputs, inputs]^T
extern "C" void emulated_multiply(
    const EmulatedNumber* x, const EmulatedNumber* w, float* y, int rows, int outputs, int inputs,
    int x_stride, int w_stride, int y_stride, int add) {
  for (int r = 0; r < rows; r++) {
    for (int o = 0; o < outputs; o++) {
      float sum = 0;
      for (int i = 0; i < inputs; i++) {
        sum += to_float(x[(size_t)r * x_stride + i]) * to_float(w[(size_t)o * w_stride + i]);
      }
      float* to = y + (size_t)r * y_stride + o;
      *to = add ? *to + sum : sum;
    }
  }
}
