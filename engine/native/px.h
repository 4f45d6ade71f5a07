// Shared declarations of the shim: one C ABI over libtorch, called from C# only.
// Every export returns 0, or an error code whose text px_last_error gives for the calling thread; none lets an exception out.
#pragma once

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cstdint>
#include <string>
#include <utility>

#define PX_EXPORT extern "C" __attribute__((visibility("default")))
#define PX_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

// A tensor handle is a TensorImpl* that owns one reference; null is the undefined tensor.
using px_tensor = c10::TensorImpl*;

enum px_tag : int32_t {
  PX_NONE = 0,
  PX_TENSOR = 1,
  PX_INT = 2,
  PX_DOUBLE = 3,
  PX_BOOL = 4,
  PX_STRING = 5,
  PX_INTS = 6,
  PX_DOUBLES = 7,
  PX_BOOLS = 8,
  PX_TENSORS = 9,
  PX_DEVICE = 10,
  PX_GENERATOR = 11,
  PX_DEFAULT = 12,
};

// One argument or result, 16 bytes. n: length of a list or string, or the index of a device.
struct px_val {
  int32_t tag;
  int32_t n;
  union {
    int64_t i;
    double d;
    void* p;
  };
};
static_assert(sizeof(px_val) == 16);

enum px_code : int32_t {
  PX_OK = 0,
  PX_ERROR = 1,
  PX_INDEX_ERROR = 2,
  PX_VALUE_ERROR = 3,
  PX_TYPE_ERROR = 4,
  PX_NOT_IMPLEMENTED = 5,
  PX_OUT_OF_MEMORY = 6,
  PX_MISSING_OPERATOR = 7,
  PX_STD_ERROR = 8,
  PX_CALLBACK_ERROR = 9,
};

namespace px {

// Thrown when a C# callback failed; id names the managed exception, kept on the managed side.
struct callback_error : std::runtime_error {
  explicit callback_error(int64_t id)
      : std::runtime_error("managed callback failed [px:" + std::to_string(id) + "]") {}
};

// Thrown by px_op_find for an operator that this libtorch does not have.
struct missing_operator : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Stores the exception in flight as the calling thread's last error; returns its code.
int32_t capture_error() noexcept;

template <typename F>
int32_t guarded(F&& body) noexcept {
  try {
    std::forward<F>(body)();
    return PX_OK;
  } catch (...) {
    return capture_error();
  }
}

inline at::Tensor borrow(px_tensor handle) {
  return handle == nullptr
      ? at::Tensor()
      : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(handle));
}

inline px_tensor release(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline std::vector<at::Tensor> borrow_all(const px_tensor* handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; ++i) {
    tensors.push_back(borrow(handles[i]));
  }
  return tensors;
}

// What a new thread needs once: libgomp's and oneDNN's thread count, the warning handler.
void enter_thread();

}  // namespace px
