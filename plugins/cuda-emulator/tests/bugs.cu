// One wrong a kernel; the comment `wrong` stands where it is to be found.
typedef unsigned char u8;
typedef unsigned int u32;

extern "C" __global__ void writes_behind(u32* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) out[i] = 1;  // wrong
}

extern "C" __global__ void reads_behind(const u32* in, u32* out) {
  out[threadIdx.x] = in[threadIdx.x + 1];  // wrong
}

extern "C" __global__ void leaves_static_shared(u32* out, int n) {
  __shared__ u32 values[32];
  values[threadIdx.x] = threadIdx.x;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x + n];  // wrong
}

extern "C" __global__ void leaves_dynamic_shared(u32* out) {
  extern __shared__ u32 values[];
  values[threadIdx.x + 1] = threadIdx.x;  // wrong
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];
}

extern "C" __global__ void lacks_a_barrier(u32* out) {
  __shared__ u32 values[64];
  values[threadIdx.x] = threadIdx.x;
  out[threadIdx.x] = values[63 - threadIdx.x];  // wrong
}

extern "C" __global__ void lacks_a_warp_barrier(u32* out) {
  __shared__ u32 values[32];
  values[threadIdx.x] = threadIdx.x;
  __shfl_sync(0xffffffffu, 0, 0);  // orders no memory
  out[threadIdx.x] = values[31 - threadIdx.x];  // wrong
}

extern "C" __global__ void has_its_barriers(u32* out) {
  __shared__ u32 values[64];
  values[threadIdx.x] = threadIdx.x;
  __syncwarp();
  u32 near = values[threadIdx.x ^ 31];
  __syncthreads();
  values[threadIdx.x] = near;
  __syncthreads();
  atomicAdd(out, values[63 - threadIdx.x]);
}

extern "C" __global__ void shifts_too_far(u32* out, int k) {
  out[threadIdx.x] = 1u << (threadIdx.x + k);  // wrong
}

extern "C" __global__ void is_misaligned(u8* out) {
  *reinterpret_cast<uint4*>(out + 4 * threadIdx.x) = make_uint4(1, 2, 3, 4);  // wrong
}

extern "C" __global__ void leaves_shared_unset(u32* out) {
  __shared__ u32 values[64];
  if (threadIdx.x < 60) values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];  // wrong
}

extern "C" __global__ void adds_to_what_is_unset(u32* out) {
  extern __shared__ uint4 vectors[];
  if (threadIdx.x > 0) vectors[threadIdx.x] = make_uint4(1, 2, 3, 4);
  __syncthreads();
  atomicAdd(&vectors[threadIdx.x].w, out[0]);  // wrong
}

extern "C" __global__ void leaves_before_a_shuffle(u32* out) {
  if (threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, out[threadIdx.x], 1);  // wrong
}

extern "C" __global__ void is_outside_its_mask(u32* out) {
  out[threadIdx.x] = __ballot_sync(0x0000ffffu, 1);  // wrong
}

extern "C" __global__ void shuffles_from_outside(u32* out) {
  if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(0x0000ffffu, threadIdx.x, 16);  // wrong
}

extern "C" __global__ void meets_elsewhere(u32* out) {
  if (threadIdx.x < 7) {
    __syncthreads();
  } else {
    out[0] = 1;
    __syncthreads();  // wrong
  }
}

extern "C" __global__ void meets_beside(u32* out) {
  if (threadIdx.x < 7) __syncthreads(); else __syncthreads();  // wrong
  out[0] = 1;
}

#define ONE_OR_THE_OTHER(condition) ((condition) ? __syncthreads_or(1) : __syncthreads_or(1))
extern "C" __global__ void meets_in_a_macro(u32* out) {
  out[0] = ONE_OR_THE_OTHER(threadIdx.x < 7);  // wrong
}

extern "C" __global__ void leaves_before_a_barrier(u32* out) {
  if (threadIdx.x < 7) __syncthreads();
  out[threadIdx.x] = 1;
}

extern "C" __global__ void waits_for_nobody(u32* out) {
  if (threadIdx.x == 0) __syncwarp();  // wrong
  __syncthreads();
  out[threadIdx.x] = 0;
}

extern "C" __global__ void votes_apart(u32* out) {
  if (threadIdx.x & 1)
    out[threadIdx.x] = __any_sync(0xffffffffu, 1);
  else
    out[threadIdx.x] = __ballot_sync(0xffffffffu, 1);
}

extern "C" __global__ void writes_constant_data(const u32* in, u32* out) {
  const_cast<u32*>(in)[threadIdx.x] = 0;
  out[threadIdx.x] = 0;
}

extern "C" __global__ void traps(u32* out) {
  if (threadIdx.x == 5) __trap();  // wrong
  out[threadIdx.x] = 0;
}

extern "C" __global__ void needs_a_large_stack(u32* out) {
  volatile u32 many[1 << 16];  // wrong
  for (int i = 0; i < 1 << 16; i++) many[i] = i;
  out[threadIdx.x] = many[threadIdx.x];
}
