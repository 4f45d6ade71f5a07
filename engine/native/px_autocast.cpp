// Automatic mixed precision: switches per device, the cache of cast weights, and the kernel that libtorch 1.13 lacks.
#include "px.h"

#include <ATen/autocast_mode.h>
#include <torch/library.h>

namespace {

void require_supported(c10::DeviceType device) {
  TORCH_CHECK(
      device == c10::DeviceType::CPU || device == c10::DeviceType::CUDA, "autocast works on the devices cpu and cuda; ", device, " came");
}

}  // namespace

namespace px {

bool any_autocast() {
#if PX_TORCH_AT_LEAST(2, 4)
  return at::autocast::is_autocast_enabled(at::kCPU) || at::autocast::is_autocast_enabled(at::kCUDA);
#else
  return at::autocast::is_cpu_enabled() || at::autocast::is_enabled();
#endif
}

}  // namespace px

PX_EXPORT int32_t px_autocast_enabled(int32_t device, int32_t* enabled) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device);
    require_supported(type);
#if PX_TORCH_AT_LEAST(2, 4)
    *enabled = at::autocast::is_autocast_enabled(type) ? 1 : 0;
#else
    *enabled = (type == c10::DeviceType::CPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled()) ? 1 : 0;
#endif
  });
}

PX_EXPORT int32_t px_autocast_set_enabled(int32_t device, int32_t enabled) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device);
    require_supported(type);
#if PX_TORCH_AT_LEAST(2, 4)
    at::autocast::set_autocast_enabled(type, enabled != 0);
#else
    if (type == c10::DeviceType::CPU) {
      at::autocast::set_cpu_enabled(enabled != 0);
    } else {
      at::autocast::set_enabled(enabled != 0);
    }
#endif
  });
}

PX_EXPORT int32_t px_autocast_dtype(int32_t device, int32_t* dtype) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device);
    require_supported(type);
#if PX_TORCH_AT_LEAST(2, 4)
    *dtype = static_cast<int32_t>(at::autocast::get_autocast_dtype(type));
#else
    *dtype = static_cast<int32_t>(type == c10::DeviceType::CPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype());
#endif
  });
}

PX_EXPORT int32_t px_autocast_set_dtype(int32_t device, int32_t dtype) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device);
    const auto scalar = static_cast<at::ScalarType>(dtype);
    require_supported(type);
#if PX_TORCH_AT_LEAST(2, 4)
    at::autocast::set_autocast_dtype(type, scalar);
#else
    if (type == c10::DeviceType::CPU) {
      at::autocast::set_autocast_cpu_dtype(scalar);
    } else {
      at::autocast::set_autocast_gpu_dtype(scalar);
    }
#endif
  });
}

PX_EXPORT int32_t px_autocast_cache_enabled() {
  return at::autocast::is_autocast_cache_enabled() ? 1 : 0;
}

PX_EXPORT int32_t px_autocast_set_cache_enabled(int32_t enabled) {
  return px::guarded([&] { at::autocast::set_autocast_cache_enabled(enabled != 0); });
}

// Must follow every in-place change of a weight inside an autocast region: the cache does not see it.
PX_EXPORT int32_t px_autocast_clear_cache() {
  return px::guarded([] { at::autocast::clear_cache(); });
}

PX_EXPORT int32_t px_autocast_enter() {
  return at::autocast::increment_nesting();
}

// Returns the depth left; at 0 the cache is cleared.
PX_EXPORT int32_t px_autocast_leave() {
  const int depth = at::autocast::decrement_nesting();
  if (depth == 0) {
    at::autocast::clear_cache();
  }
  return depth;
}

#if !PX_TORCH_AT_LEAST(2, 0)
namespace {

// Runs in float32: the 1.13 bfloat16 kernel exists, but is 12 times slower, and bfloat16 input with float32 weights throws.
at::Tensor layer_norm_autocast(
    const at::Tensor& input, at::IntArrayRef shape, const c10::optional<at::Tensor>& weight, const c10::optional<at::Tensor>& bias,
    double eps, bool cudnn_enable) {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::DispatchKey::AutocastCPU);
  const auto cast = [](const c10::optional<at::Tensor>& tensor) {
    return tensor.has_value() ? at::autocast::cached_cast(at::kFloat, *tensor, c10::DeviceType::CPU) : at::Tensor();
  };
  return at::layer_norm(at::autocast::cached_cast(at::kFloat, input, c10::DeviceType::CPU), shape, cast(weight), cast(bias), eps, cudnn_enable);
}

TORCH_LIBRARY_IMPL(aten, AutocastCPU, library) {
  library.impl("layer_norm", TORCH_FN(layer_norm_autocast));
}

}  // namespace
#endif
