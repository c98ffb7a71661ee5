// Stand-ins for libcuda, libnvrtc and libcublasLt that tell what they are called with, one call a line, so
// that the calls from Java can be held against the C interfaces. Memory is the host's.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define C extern "C"

typedef uint64_t Address;

// In turn with what Java tells.
__attribute__((constructor)) static void unbuffered() {
  setvbuf(stdout, nullptr, _IONBF, 0);
}

static void tell(const char* name) {
  printf("%s\n", name);
}

#ifdef LIBCUDA

C int cuInit(unsigned flags) { return flags; }
C int cuGetErrorName(int error, const char** name) {
  *name = error == 2 ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_ILLEGAL_ADDRESS";
  return 0;
}
C int cuGetErrorString(int, const char** text) {
  *text = "an illegal memory access was encountered";
  return 0;
}
C int cuDriverGetVersion(int* version) { *version = 12080; return 0; }
C int cuDeviceGetCount(int* count) { *count = 2; return 0; }
C int cuDeviceGet(int* device, int ordinal) { *device = 40 + ordinal; return 0; }
C int cuDeviceGetName(char* name, int length, int device) {
  snprintf(name, length, "Double %d", device);
  return 0;
}
C int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 16 ? 132 : attribute == 75 ? 9 : attribute == 76 ? 0
      : attribute == 97 ? 232448 : -1;
  return 0;
}
C int cuDevicePrimaryCtxRetain(void** context, int device) {
  *context = (void*)(uintptr_t)(1000 + device);
  return 0;
}
C int cuDevicePrimaryCtxRelease_v2(int device) { printf("release %d\n", device); return 0; }
C int cuCtxSetCurrent(void* context) { printf("current %d\n", (int)(uintptr_t)context); return 0; }
C int cuMemGetInfo_v2(size_t* free, size_t* total) { *free = 5ull << 30; *total = 80ull << 30; return 0; }
C int cuMemAlloc_v2(Address* address, size_t bytes) {
  if (bytes > 1ull << 40) return 2;
  *address = (Address)malloc(bytes);
  return 0;
}
C int cuMemFree_v2(Address address) { free((void*)address); return 0; }
C int cuMemsetD8Async(Address address, unsigned char value, size_t count, void*) {
  memset((void*)address, value, count);
  return 0;
}
C int cuMemHostAlloc(void** address, size_t bytes, unsigned) { *address = malloc(bytes); return 0; }
C int cuMemFreeHost(void* address) { free(address); tell("free host"); return 0; }
C int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void*) {
  memcpy((void*)to, from, bytes);
  return 0;
}
C int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void*) {
  memcpy(to, (void*)from, bytes);
  return 0;
}
C int cuStreamCreate(void** stream, unsigned flags) { *stream = (void*)(uintptr_t)(70 + flags); return 0; }
C int cuStreamSynchronize(void* stream) { printf("wait %d\n", (int)(uintptr_t)stream); return 0; }
C int cuStreamDestroy_v2(void*) { tell("destroy stream"); return 0; }
C int cuStreamBeginCapture_v2(void*, int mode) { printf("capture %d\n", mode); return 0; }
C int cuStreamEndCapture(void*, void** graph) { tell("captured"); *graph = (void*)81; return 0; }
C int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags) {
  printf("instantiate %d %llu\n", (int)(uintptr_t)graph, flags);
  *executable = (void*)82;
  return 0;
}
C int cuGraphLaunch(void* executable, void* stream) {
  printf("launch graph %d on %d\n", (int)(uintptr_t)executable, (int)(uintptr_t)stream);
  return 0;
}
C int cuGraphExecDestroy(void*) { tell("destroy executable"); return 0; }
C int cuGraphDestroy(void*) { tell("destroy graph"); return 0; }
C int cuModuleLoadData(void** module, const void* image) {
  printf("load %s\n", (const char*)image);
  *module = (void*)90;
  return 0;
}
C int cuModuleGetFunction(void** function, void* module, const char* name) {
  printf("function %s of %d\n", name, (int)(uintptr_t)module);
  *function = (void*)91;
  return 0;
}
C int cuModuleUnload(void*) { tell("unload"); return 0; }
C int cuFuncSetAttribute(void* function, int attribute, int value) {
  printf("attribute %d of %d is %d\n", attribute, (int)(uintptr_t)function, value);
  return 0;
}
C int cuLaunchKernel(
    void* function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz,
    unsigned shared, void* stream, void** parameters, void** extra) {
  printf("launch %d (%u %u %u) (%u %u %u) %u on %d: %llx %d %g, %d\n", (int)(uintptr_t)function, x, y, z,
         bx, by, bz, shared, (int)(uintptr_t)stream, *(unsigned long long*)parameters[0],
         *(int*)parameters[1], *(float*)parameters[2], extra == nullptr);
  return x == 999 ? 700 : 0;
}

#elif defined(LIBNVRTC)

C int nvrtcVersion(int* major, int* minor) { *major = 12; *minor = 8; return 0; }
C const char* nvrtcGetErrorString(int) { return "NVRTC_ERROR_COMPILATION"; }
C int nvrtcGetNumSupportedArchs(int* count) { *count = 2; return 0; }
C int nvrtcGetSupportedArchs(int* all) { all[0] = 80; all[1] = 90; return 0; }
static bool bad;
C int nvrtcCreateProgram(
    void** program, const char* source, const char* name, int headers, const char* const*, const char* const*) {
  printf("program %s, %d bytes, %d headers\n", name, (int)strlen(source), headers);
  bad = strstr(source, "bad") != nullptr;
  *program = (void*)60;
  return 0;
}
C int nvrtcDestroyProgram(void** program) { printf("destroy %d\n", (int)(uintptr_t)*program); return 0; }
C int nvrtcCompileProgram(void*, int count, const char* const* options) {
  printf("compile");
  for (int i = 0; i < count; i++) printf(" %s", options[i]);
  tell("");
  return bad ? 6 : 0;
}
C int nvrtcGetProgramLogSize(void*, size_t* bytes) { *bytes = 6; return 0; }
C int nvrtcGetProgramLog(void*, char* log) { strcpy(log, "error"); return 0; }
C int nvrtcGetCUBINSize(void*, size_t* bytes) { *bytes = 5; return 0; }
C int nvrtcGetCUBIN(void*, char* image) { memcpy(image, "CUBIN", 5); return 0; }
C int nvrtcGetPTXSize(void*, size_t* bytes) { *bytes = 4; return 0; }
C int nvrtcGetPTX(void*, char* image) { strcpy(image, "PTX"); return 0; }

#else

C int cublasLtCreate(void** handle) { *handle = (void*)50; return 0; }
C int cublasLtDestroy(void*) { tell("destroy handle"); return 0; }
C int cublasLtMatmulDescCreate(void** description, int compute, int scale) {
  printf("description %d %d\n", compute, scale);
  *description = (void*)51;
  return 0;
}
C int cublasLtMatmulDescDestroy(void*) { return 0; }
C int cublasLtMatmulDescSetAttribute(void*, int attribute, const void* value, size_t bytes) {
  printf("attribute %d is %d, %d bytes\n", attribute, *(const int*)value, (int)bytes);
  return 0;
}
C int cublasLtMatrixLayoutCreate(void** layout, int type, uint64_t rows, uint64_t columns, int64_t ld) {
  static int made = 100;
  printf("layout %d: type %d, %d x %d, %d\n", ++made, type, (int)rows, (int)columns, (int)ld);
  *layout = (void*)(uintptr_t)made;
  return 0;
}
C int cublasLtMatrixLayoutDestroy(void*) { return 0; }
C int cublasLtMatmulPreferenceCreate(void** preference) { *preference = (void*)52; return 0; }
C int cublasLtMatmulPreferenceDestroy(void*) { return 0; }
C int cublasLtMatmulPreferenceSetAttribute(void*, int attribute, const void* value, size_t bytes) {
  printf("preference %d is %llu, %d bytes\n", attribute, *(const unsigned long long*)value, (int)bytes);
  return 0;
}
C int cublasLtMatmulAlgoGetHeuristic(
    void* handle, void* description, void* a, void* b, void* c, void* d, void* preference, int wanted,
    void* proposals, int* count) {
  printf("propose %d %d: %d %d %d %d, %d, %d\n", (int)(uintptr_t)handle, (int)(uintptr_t)description,
         (int)(uintptr_t)a, (int)(uintptr_t)b, (int)(uintptr_t)c, (int)(uintptr_t)d,
         (int)(uintptr_t)preference, wanted);
  memset(proposals, 7, 96);
  *count = 1;
  return 0;
}
C int cublasLtMatmul(
    void* handle, void* description, const void* alpha, const void* a, void* la, const void* b, void* lb,
    const void* beta, const void* c, void* lc, void* d, void* ld, const void* algorithm, void* workspace,
    size_t bytes, void* stream) {
  printf("multiply %d %d: %g %d(%d) %d(%d) %g %d(%d) %d(%d), %d, %d, %d bytes, %d\n",
         (int)(uintptr_t)handle, (int)(uintptr_t)description, *(const float*)alpha, (int)(uintptr_t)a,
         (int)(uintptr_t)la, (int)(uintptr_t)b, (int)(uintptr_t)lb, *(const float*)beta,
         (int)(uintptr_t)c, (int)(uintptr_t)lc, (int)(uintptr_t)d, (int)(uintptr_t)ld,
         *(const char*)algorithm, workspace != nullptr, (int)bytes, (int)(uintptr_t)stream);
  return 0;
}

#endif
