// Process-wide matters: start-up, threads, memory allocator, warnings, random generators, flags.
#include "px.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <dlfcn.h>
#include <malloc.h>

#include <atomic>
#include <climits>
#include <mutex>

namespace {

using warning_fn = void (*)(const char* text, int32_t length);

std::atomic<warning_fn> warning_sink{nullptr};
std::atomic<int> thread_epoch{1};

#if PX_TORCH_AT_LEAST(2, 0)
namespace warnings = c10::WarningUtils;

struct sink final : c10::WarningHandler {
  void process(const c10::Warning& warning) override {
    if (const auto target = warning_sink.load()) {
      target(warning.msg().data(), static_cast<int32_t>(warning.msg().size()));
    }
  }
};
#else
namespace warnings = c10::Warning;

struct sink final : c10::WarningHandler {
  void process(const c10::SourceLocation&, const std::string& message, const bool) override {
    if (const auto target = warning_sink.load()) {
      target(message.data(), static_cast<int32_t>(message.size()));
    }
  }
};
#endif

sink handler;

}  // namespace

namespace px {

void keep_memory();

void enter_thread() {
  thread_local int seen = 0;
  const int epoch = thread_epoch.load(std::memory_order_relaxed);
  if (seen != epoch) {
    seen = epoch;
    at::init_num_threads();  // libgomp keeps its count per thread; oneDNN on a fresh thread would take every core
    warnings::set_warning_handler(&handler);
  }
}

}  // namespace px

// Version of this C ABI; the managed side refuses another.
PX_EXPORT int32_t px_abi() {
  return 1;
}

// Called once, right after loading and before the first tensor.
PX_EXPORT int32_t px_init(warning_fn warn) {
  return px::guarded([&] {
    // Blocks stay in the heap, those of oneDNN and BLAS too: returning them to the kernel after each use costs page faults. Big tensors: px_memory.cpp.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 64 << 20);
    mallopt(M_ARENA_MAX, 1);
    px::keep_memory();
    warning_sink = warn;
    px::enter_thread();
  });
}

PX_EXPORT const char* px_compiled_version() {
  return TORCH_VERSION;
}

// Build settings of the libtorch that runs, several lines; the text lives until the next call.
PX_EXPORT int32_t px_config(const char** text, int32_t* length) {
  return px::guarded([&] {
    static std::string config;
    config = at::show_config();
    *text = config.data();
    *length = static_cast<int32_t>(config.size());
  });
}

PX_EXPORT int32_t px_get_num_threads() {
  px::enter_thread();
  return at::get_num_threads();
}

// Also tells OpenBLAS, which keeps a pool of its own (absent in builds with another BLAS).
PX_EXPORT int32_t px_set_num_threads(int32_t count) {
  return px::guarded([&] {
    at::set_num_threads(count);
    if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
      set(count);
    }
    thread_epoch.fetch_add(1);
  });
}

PX_EXPORT int32_t px_get_num_interop_threads() {
  return at::get_num_interop_threads();
}

PX_EXPORT int32_t px_set_num_interop_threads(int32_t count) {
  return px::guarded([&] { at::set_num_interop_threads(count); });
}

PX_EXPORT int32_t px_manual_seed(int64_t seed) {
  return px::guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

// The default generator of a device; owned by libtorch, an own reference is returned.
PX_EXPORT int32_t px_generator_default(int32_t device_type, int32_t device_index, c10::GeneratorImpl** result) {
  return px::guarded([&] {
    auto generator = at::globalContext().defaultGenerator(
        c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)));
    *result = generator.unsafeReleaseGeneratorImpl();
  });
}

PX_EXPORT int32_t px_generator_new(int32_t device_type, int32_t device_index, c10::GeneratorImpl** result) {
  return px::guarded([&] {
    auto generator = at::globalContext()
                         .defaultGenerator(c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)))
                         .clone();
    *result = generator.unsafeReleaseGeneratorImpl();
  });
}

PX_EXPORT void px_generator_free(c10::GeneratorImpl* generator) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(generator);
}

PX_EXPORT int32_t px_generator_seed(c10::GeneratorImpl* generator, int64_t seed) {
  return px::guarded([&] {
    const std::lock_guard<std::mutex> lock(generator->mutex_);
    generator->set_current_seed(static_cast<uint64_t>(seed));
  });
}

PX_EXPORT int32_t px_generator_initial_seed(c10::GeneratorImpl* generator, int64_t* seed) {
  return px::guarded([&] {
    const std::lock_guard<std::mutex> lock(generator->mutex_);
    *seed = static_cast<int64_t>(generator->current_seed());
  });
}

PX_EXPORT int32_t px_generator_get_state(c10::GeneratorImpl* generator, px_tensor* state) {
  return px::guarded([&] {
    at::Generator g(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(generator));
    const std::lock_guard<std::mutex> lock(g.mutex());
    *state = px::release(g.get_state());
  });
}

PX_EXPORT int32_t px_generator_set_state(c10::GeneratorImpl* generator, px_tensor state) {
  return px::guarded([&] {
    at::Generator g(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(generator));
    const std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(px::borrow(state));
  });
}

enum px_flag : int32_t {
  PX_DETERMINISTIC = 0,
  PX_CUDNN_BENCHMARK = 1,
  PX_CUDNN_DETERMINISTIC = 2,
  PX_TF32_CUBLAS = 3,
  PX_TF32_CUDNN = 4,
  PX_FP16_REDUCTION = 5,
  PX_MKLDNN = 6,
  PX_FLASH_SDP = 7,
  PX_MATH_SDP = 8,
  PX_CUDNN = 9,
};

PX_EXPORT int32_t px_get_flag(int32_t flag, int32_t* value) {
  return px::guarded([&] {
    auto& context = at::globalContext();
    bool result = false;
    switch (flag) {
      case PX_DETERMINISTIC: result = context.deterministicAlgorithms(); break;
      case PX_CUDNN_BENCHMARK: result = context.benchmarkCuDNN(); break;
      case PX_CUDNN_DETERMINISTIC: result = context.deterministicCuDNN(); break;
      case PX_TF32_CUBLAS: result = context.allowTF32CuBLAS(); break;
      case PX_TF32_CUDNN: result = context.allowTF32CuDNN(); break;
#if PX_TORCH_AT_LEAST(2, 7)
      case PX_FP16_REDUCTION: result = context.allowFP16ReductionCuBLAS() != at::CuBLASReductionOption::DisallowReducedPrecisionAllowSplitK; break;
#else
      case PX_FP16_REDUCTION: result = context.allowFP16ReductionCuBLAS(); break;
#endif
      case PX_MKLDNN: result = context.userEnabledMkldnn(); break;
      case PX_FLASH_SDP: result = context.userEnabledFlashSDP(); break;
      case PX_MATH_SDP: result = context.userEnabledMathSDP(); break;
      case PX_CUDNN: result = context.userEnabledCuDNN(); break;
      default: C10_THROW_ERROR(ValueError, c10::str("unknown flag ", flag));
    }
    *value = result ? 1 : 0;
  });
}

PX_EXPORT int32_t px_set_flag(int32_t flag, int32_t value) {
  return px::guarded([&] {
    auto& context = at::globalContext();
    const bool on = value != 0;
    switch (flag) {
      case PX_DETERMINISTIC: context.setDeterministicAlgorithms(on, false); break;
      case PX_CUDNN_BENCHMARK: context.setBenchmarkCuDNN(on); break;
      case PX_CUDNN_DETERMINISTIC: context.setDeterministicCuDNN(on); break;
      case PX_TF32_CUBLAS: context.setAllowTF32CuBLAS(on); break;
      case PX_TF32_CUDNN: context.setAllowTF32CuDNN(on); break;
      case PX_FP16_REDUCTION: context.setAllowFP16ReductionCuBLAS(on); break;
      case PX_MKLDNN: context.setUserEnabledMkldnn(on); break;
      case PX_FLASH_SDP: context.setSDPUseFlash(on); break;
      case PX_MATH_SDP: context.setSDPUseMath(on); break;
      case PX_CUDNN: context.setUserEnabledCuDNN(on); break;
      default: C10_THROW_ERROR(ValueError, c10::str("unknown flag ", flag));
    }
  });
}
