// What a tensor is (shape, type, place) and its memory.
#include "px.h"

#include <cstring>

struct px_tensor_info {
  int64_t dim;
  int64_t numel;
  int64_t element_size;
  int64_t storage_bytes;
  int32_t dtype;
  int32_t device_type;
  int32_t device_index;
  int32_t flags;  // 1 requires_grad, 2 leaf, 4 contiguous, 8 sparse
};

PX_EXPORT int32_t px_info(px_tensor handle, px_tensor_info* info) {
  return px::guarded([&] {
    const auto t = px::borrow(handle);
    const auto device = t.device();
    info->dim = t.dim();
    info->numel = t.numel();
    info->element_size = static_cast<int64_t>(t.element_size());
    info->storage_bytes = t.has_storage() ? static_cast<int64_t>(t.storage().nbytes()) : 0;
    info->dtype = static_cast<int32_t>(t.scalar_type());
    info->device_type = static_cast<int32_t>(device.type());
    info->device_index = device.index();
    info->flags = (t.requires_grad() ? 1 : 0) | (t.is_leaf() ? 2 : 0) | (!t.is_sparse() && t.is_contiguous() ? 4 : 0) | (t.is_sparse() ? 8 : 0);
  });
}

PX_EXPORT int64_t px_dim(px_tensor handle) {
  return handle->dim();
}

PX_EXPORT int64_t px_numel(px_tensor handle) {
  return handle->numel();
}

PX_EXPORT int32_t px_dtype(px_tensor handle) {
  return static_cast<int32_t>(c10::typeMetaToScalarType(handle->dtype()));
}

PX_EXPORT void px_device(px_tensor handle, int32_t* type, int32_t* index) {
  const auto device = handle->device();
  *type = static_cast<int32_t>(device.type());
  *index = device.index();
}

PX_EXPORT void px_sizes(px_tensor handle, int64_t* out) {
  const auto sizes = handle->sizes();
  std::memcpy(out, sizes.data(), sizes.size() * sizeof(int64_t));
}

PX_EXPORT int32_t px_strides(px_tensor handle, int64_t* out) {
  return px::guarded([&] {
    const auto strides = px::borrow(handle).strides();
    std::memcpy(out, strides.data(), strides.size() * sizeof(int64_t));
  });
}

PX_EXPORT int64_t px_storage_offset(px_tensor handle) {
  return handle->has_storage() ? handle->storage_offset() : 0;
}

PX_EXPORT int32_t px_is_contiguous(px_tensor handle, int32_t format, int32_t* result) {
  return px::guarded([&] { *result = px::borrow(handle).is_contiguous(static_cast<c10::MemoryFormat>(format)) ? 1 : 0; });
}

PX_EXPORT int32_t px_is_pinned(px_tensor handle, int32_t* result) {
  return px::guarded([&] { *result = px::borrow(handle).is_pinned() ? 1 : 0; });
}

// Address of the first element; a device address for device tensors.
PX_EXPORT int32_t px_data_ptr(px_tensor handle, void** data) {
  return px::guarded([&] { *data = px::borrow(handle).data_ptr(); });
}

// One more owned reference to the same TensorImpl.
PX_EXPORT px_tensor px_retain(px_tensor handle) {
  return px::release(px::borrow(handle));
}

// The value of a one-element tensor: kind 0 integer (or bool), 1 floating point, 2 complex (imaginary part in second).
PX_EXPORT int32_t px_item(px_tensor handle, int32_t* kind, int64_t* integer, double* real, double* imaginary) {
  return px::guarded([&] {
    const auto value = px::borrow(handle).item();
    *imaginary = 0;
    if (value.isComplex()) {
      const auto z = value.toComplexDouble();
      *kind = 2;
      *real = z.real();
      *imaginary = z.imag();
      *integer = 0;
    } else if (value.isFloatingPoint()) {
      *kind = 1;
      *real = value.toDouble();
      *integer = 0;
    } else {
      *kind = 0;
      *integer = value.isBoolean() ? (value.toBool() ? 1 : 0) : value.toLong();
      *real = static_cast<double>(*integer);
    }
  });
}

// Memory of the caller as a tensor, without copy; deleter(context) runs when the last tensor over it dies, on any thread.
PX_EXPORT int32_t px_from_blob(
    void* data, const int64_t* sizes, int32_t dims, int32_t dtype, void (*deleter)(void*), void* context, px_tensor* result) {
  return px::guarded([&] {
    const auto options = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(at::kCPU);
    auto finish = [deleter, context](void*) {
      if (deleter != nullptr) {
        deleter(context);
      }
    };
    *result = px::release(at::from_blob(data, at::IntArrayRef(sizes, dims), finish, options));
  });
}

// Points the tensor at another's data and type, keeping its identity (how modules move between devices and types).
PX_EXPORT int32_t px_set_data(px_tensor handle, px_tensor source) {
  return px::guarded([&] { px::borrow(handle).set_data(px::borrow(source)); });
}
