// Gradients: flags, modes, backward, grad.
#include "px.h"

#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/autograd/variable.h>

namespace px {
bool any_autocast();
}

PX_EXPORT int32_t px_requires_grad(px_tensor handle, int32_t* result) {
  return px::guarded([&] { *result = px::borrow(handle).requires_grad() ? 1 : 0; });
}

PX_EXPORT int32_t px_set_requires_grad(px_tensor handle, int32_t value) {
  return px::guarded([&] {
    const auto t = px::borrow(handle);
    TORCH_CHECK(
        value != 0 || t.is_leaf(),
        "requires_grad can be switched off for leaf tensors only; use detach() for the result of a differentiable operation");
    t.set_requires_grad(value != 0);
  });
}

PX_EXPORT int32_t px_is_leaf(px_tensor handle, int32_t* result) {
  return px::guarded([&] { *result = px::borrow(handle).is_leaf() ? 1 : 0; });
}

PX_EXPORT int32_t px_retain_grad(px_tensor handle) {
  return px::guarded([&] { px::borrow(handle).retain_grad(); });
}

PX_EXPORT int32_t px_grad(px_tensor handle, px_tensor* result) {
  return px::guarded([&] {
    const auto t = px::borrow(handle);
    // Asking a non-leaf that retains nothing warns each time; the answer is "none" anyway.
    *result = t.is_leaf() || t.retains_grad() ? px::release(t.grad()) : nullptr;
  });
}

PX_EXPORT int32_t px_set_grad(px_tensor handle, px_tensor gradient) {
  return px::guarded([&] {
    const auto t = px::borrow(handle);
    const auto g = px::borrow(gradient);
    if (g.defined()) {
      TORCH_CHECK(g.sizes() == t.sizes(), "a gradient has the shape ", t.sizes(), " of its tensor; ", g.sizes(), " came");
      TORCH_CHECK(g.device() == t.device(), "a gradient lies on the device ", t.device(), " of its tensor; ", g.device(), " came");
      TORCH_CHECK(g.scalar_type() == t.scalar_type(), "a gradient has the type ", t.scalar_type(), " of its tensor; ", g.scalar_type(), " came");
    }
    t.mutable_grad() = g;
  });
}

PX_EXPORT int32_t px_grad_mode() {
  return at::GradMode::is_enabled() ? 1 : 0;
}

// Autocast caches cast weights; a cast made without gradients must not serve a pass that needs them (pytorch issue 112583).
PX_EXPORT int32_t px_set_grad_mode(int32_t enabled) {
  const bool before = at::GradMode::is_enabled();
  if (before != (enabled != 0)) {
    at::GradMode::set_enabled(enabled != 0);
    if (px::any_autocast()) {
      at::autocast::clear_cache();
    }
  }
  return before ? 1 : 0;
}

PX_EXPORT int32_t px_inference_mode() {
  return c10::InferenceMode::is_enabled() ? 1 : 0;
}

PX_EXPORT int32_t px_inference_enter(int32_t enabled, void** guard) {
  return px::guarded([&] {
    if (px::any_autocast()) {
      at::autocast::clear_cache();
    }
    *guard = new c10::InferenceMode(enabled != 0);
  });
}

// Guards are thread-local and strictly nested: leave in reverse order, on the thread that entered.
PX_EXPORT int32_t px_inference_leave(void* guard) {
  return px::guarded([&] {
    delete static_cast<c10::InferenceMode*>(guard);
    if (px::any_autocast()) {
      at::autocast::clear_cache();
    }
  });
}

// retain: -1 means "as create".
PX_EXPORT int32_t px_backward(
    const px_tensor* roots, int32_t root_count, const px_tensor* gradients, int32_t gradient_count, int32_t retain, int32_t create,
    const px_tensor* inputs, int32_t input_count) {
  return px::guarded([&] {
    px::enter_thread();
    torch::autograd::backward(
        px::borrow_all(roots, root_count), px::borrow_all(gradients, gradient_count),
        retain < 0 ? c10::optional<bool>() : c10::optional<bool>(retain != 0), create != 0, px::borrow_all(inputs, input_count));
  });
}

PX_EXPORT int32_t px_grad_of(
    const px_tensor* outputs, int32_t output_count, const px_tensor* inputs, int32_t input_count, const px_tensor* gradients,
    int32_t gradient_count, int32_t retain, int32_t create, int32_t allow_unused, px_tensor* results) {
  return px::guarded([&] {
    px::enter_thread();
    auto found = torch::autograd::grad(
        px::borrow_all(outputs, output_count), px::borrow_all(inputs, input_count), px::borrow_all(gradients, gradient_count),
        retain < 0 ? c10::optional<bool>() : c10::optional<bool>(retain != 0), create != 0, allow_unused != 0);
    for (int32_t i = 0; i < input_count; ++i) {
      results[i] = px::release(std::move(found[i]));
    }
  });
}

PX_EXPORT int32_t px_anomaly_mode() {
  return torch::autograd::AnomalyMode::is_enabled() ? 1 : 0;
}

PX_EXPORT int32_t px_set_anomaly_mode(int32_t enabled, int32_t check_nan) {
  return px::guarded([&] { torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0); });
}
