// From logits to tokens: [rows, stride] floats, of which the first vocab count.

// Finds each row's likeliest token; of equally likely ones the lowest. One block a row.
extern "C" __global__ void argmax(const float* logits, int stride, int vocab, int* tokens) {
  __shared__ float bests[32];
  __shared__ int places[32];
  const float* row = logits + (size_t)blockIdx.x * stride;
  float best = MINUS_INFINITY;
  int place = vocab;
  for (int i = threadIdx.x; i < vocab; i += blockDim.x) {
    if (row[i] > best) {
      best = row[i];
      place = i;
    }
  }
  for (int step = 16; step > 0; step /= 2) {
    float other = __shfl_xor_sync(ALL_LANES, best, step);
    int other_place = __shfl_xor_sync(ALL_LANES, place, step);
    if (other > best || (other == best && other_place < place)) {
      best = other;
      place = other_place;
    }
  }
  if (threadIdx.x % 32 == 0) {
    bests[threadIdx.x / 32] = best;
    places[threadIdx.x / 32] = place;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int i = 1; i < blockDim.x / 32; i++) {
      if (bests[i] > best || (bests[i] == best && places[i] < place)) {
        best = bests[i];
        place = places[i];
      }
    }
    // No number is larger than minus infinity where all are that, or none is a number.
    tokens[blockIdx.x] = place < vocab ? place : 0;
  }
}

DEVICE float block_max(float x) {
  __shared__ float all[32];
  for (int step = 16; step > 0; step /= 2) {
    x = fmaxf(x, __shfl_xor_sync(ALL_LANES, x, step));
  }
  if (threadIdx.x % 32 == 0) {
    all[threadIdx.x / 32] = x;
  }
  __syncthreads();
  for (int i = 0; i < blockDim.x / 32; i++) {
    x = fmaxf(x, all[i]);
  }
  return x;
}

// The sum of what this thread and those before it bring; at most 1024 of them.
DEVICE double running_sum(double x, double* total) {
  __shared__ double all[1024];
  all[threadIdx.x] = x;
  __syncthreads();
  for (int step = 1; step < blockDim.x; step *= 2) {
    double before = threadIdx.x >= step ? all[threadIdx.x - step] : 0;
    __syncthreads();
    all[threadIdx.x] += before;
    __syncthreads();
  }
  *total = all[blockDim.x - 1];
  return all[threadIdx.x];
}

DEVICE double likelihood(float logit, float best, float temperature) {
  return exp((double)((logit - best) / temperature));
}

// Draws tokens: the first whose likelihood and those of all before it sum up to more than a share of the
// whole. Sums are double, so that all tokens of a large vocabulary keep their order. One block a draw.
extern "C" __global__ void draw(
    const float* logits, int stride, int vocab, const int* rows, const float* temperatures,
    const double* shares, int* tokens) {
  const float* row = logits + (size_t)rows[blockIdx.x] * stride;
  float temperature = temperatures[blockIdx.x];
  float best = MINUS_INFINITY;
  for (int i = threadIdx.x; i < vocab; i += blockDim.x) {
    best = fmaxf(best, row[i]);
  }
  best = block_max(best);
  int each = (vocab + blockDim.x - 1) / blockDim.x;
  int begin = min((int)threadIdx.x * each, vocab);
  int end = min(begin + each, vocab);
  double sum = 0;
  for (int i = begin; i < end; i++) {
    sum += likelihood(row[i], best, temperature);
  }
  double total;
  double behind = running_sum(sum, &total);
  double share = shares[blockIdx.x] * total;
  if (threadIdx.x == 0) {
    tokens[blockIdx.x] = vocab - 1;
  }
  __syncthreads();
  double reached = behind - sum;
  // Only one thread has the place between its bounds.
  if (begin < end && reached <= share && share < behind) {
    int token = begin;
    for (; token < end - 1; token++) {
      reached += likelihood(row[token], best, temperature);
      if (reached > share) {
        break;
      }
    }
    tokens[blockIdx.x] = token;
  }
}
