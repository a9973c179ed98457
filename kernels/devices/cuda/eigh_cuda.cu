// Eigenvalues and eigenvectors of small symmetric matrices: a block of threads a matrix, all of it in shared memory, by Jacobi's
// rotations of n / 2 disjoint pairs at a time. Not yet run on a GPU.

#include "kernels/devices/cuda/launch.cuh"

namespace torchup::cuda {

namespace {

constexpr int k_most = 64;    // two matrices of this size fit the shared memory that every GPU grants
constexpr int k_sweeps = 16;  // seven or eight are usual
constexpr int k_threads = 256;

struct Rotation {
  int p, q;
  float cosine, sine;
};

/// Pair `index` of round `round`, out of n - 1 rounds (n even) that meet every pair once: one stays, the others go round.
__device__ void pair_of(int n, int round, int index, int& p, int& q) {
  const auto player = [&](int seat) { return seat == 0 ? 0 : (seat - 1 + round) % (n - 1) + 1; };
  const int one = player(index), other = player(n - 1 - index);
  p = one < other ? one : other;
  q = one < other ? other : one;
}

__device__ void make_rotation(Rotation& rotation, const float* a, int step, int n) {
  rotation.cosine = 1;
  rotation.sine = 0;
  if (rotation.q >= n) return;  // the seat that an odd n leaves empty
  const float beside = a[rotation.p * step + rotation.q];
  if (beside == 0) return;
  const float theta = (a[rotation.q * step + rotation.q] - a[rotation.p * step + rotation.p]) / (2 * beside);
  const float t = copysignf(1.0F, theta) / (fabsf(theta) + sqrtf(theta * theta + 1));
  rotation.cosine = rsqrtf(t * t + 1);
  rotation.cosine *= 1.5F - 0.5F * (t * t + 1) * rotation.cosine * rotation.cosine;  // one step of Newton's to full precision
  rotation.sine = t * rotation.cosine;
}

__global__ void decompose(int n, const float* matrices, float* values, float* vectors) {
  extern __shared__ float shared[];
  __shared__ Rotation rotations[k_most / 2];
  __shared__ int changed;
  const int step = n + 1, seats = (n + 1) / 2 * 2, pairs = seats / 2;
  float *const a = shared, *const v = shared + n * step;
  const float* const matrix = matrices + static_cast<std::size_t>(blockIdx.x) * n * n;
  const int thread = static_cast<int>(threadIdx.x);
  for (int i = thread; i < n * n; i += k_threads) {
    const int row = i / n, column = i % n;
    a[row * step + column] = row >= column ? matrix[i] : matrix[column * n + row];
    v[row * step + column] = row == column ? 1.0F : 0.0F;
  }
  for (int sweep = 0; sweep < k_sweeps; ++sweep) {
    if (thread == 0) changed = 0;
    __syncthreads();
    for (int round = 0; round < seats - 1; ++round) {
      if (thread < pairs) {
        Rotation& rotation = rotations[thread];
        pair_of(seats, round, thread, rotation.p, rotation.q);
        make_rotation(rotation, a, step, n);
        if (fabsf(rotation.sine) > 0x1p-26F) atomicExch(&changed, 1);
      }
      __syncthreads();
      for (int i = thread; i < pairs * n; i += k_threads) {  // rows of A
        const Rotation r = rotations[i / n];
        if (r.q >= n) continue;
        const int k = i % n;
        const float upper = a[r.p * step + k], lower = a[r.q * step + k];
        a[r.p * step + k] = r.cosine * upper - r.sine * lower;
        a[r.q * step + k] = r.sine * upper + r.cosine * lower;
      }
      __syncthreads();
      for (int i = thread; i < pairs * n; i += k_threads) {  // columns of A and V
        const Rotation r = rotations[i / n];
        if (r.q >= n) continue;
        const int k = i % n * step;
        const float left = a[k + r.p], right = a[k + r.q], v_left = v[k + r.p], v_right = v[k + r.q];
        a[k + r.p] = r.cosine * left - r.sine * right;
        a[k + r.q] = r.sine * left + r.cosine * right;
        v[k + r.p] = r.cosine * v_left - r.sine * v_right;
        v[k + r.q] = r.sine * v_left + r.cosine * v_right;
      }
      __syncthreads();
    }
    const bool done = changed == 0;
    __syncthreads();
    if (done) break;
  }
  // Each eigenvalue's place is the number of those before it.
  for (int j = thread; j < n; j += k_threads) {
    const float value = a[j * step + j];
    int place = 0;
    for (int other = 0; other < n; ++other) {
      const float its = a[other * step + other];
      if (its < value || (its == value && other < j)) ++place;
    }
    values[static_cast<std::size_t>(blockIdx.x) * n + place] = value;
    for (int i = 0; i < n; ++i) vectors[(static_cast<std::size_t>(blockIdx.x) * n + i) * n + place] = v[i * step + j];
  }
}

bool fits(const std::int64_t* sizes) { return sizes[0] >= 1 && sizes[0] <= 1'000'000 && sizes[1] >= 1 && sizes[1] <= k_most; }

cudaError_t start(const Arrays& arrays) {
  const auto n = static_cast<int>(arrays.sizes[1]);
  const std::size_t bytes = 2 * sizeof(float) * static_cast<std::size_t>(n) * static_cast<std::size_t>(n + 1);
  decompose<<<static_cast<unsigned>(arrays.sizes[0]), k_threads, bytes>>>(n, arrays.inputs[0], arrays.outputs[0], arrays.outputs[1]);
  return cudaGetLastError();
}

}  // namespace

const CudaKernel eigh_cuda{"eigh", 2, 1, 2, fits, start};

}  // namespace torchup::cuda
