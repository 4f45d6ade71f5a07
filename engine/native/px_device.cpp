// Accelerators without their headers: everything goes through interfaces that a CPU-only libtorch has too.
#include "px.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/api/include/torch/cuda.h>

#include <dlfcn.h>

// Loads libtorch_cuda when the linked libtorch has one: without it CUDA silently counts as absent.
PX_EXPORT int32_t px_cuda_load() {
  return dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr ? 1 : 0;
}

PX_EXPORT int32_t px_cuda_available() {
  try {
    return torch::cuda::is_available() ? 1 : 0;
  } catch (...) {
    px::capture_error();
    return 0;
  }
}

PX_EXPORT int32_t px_cuda_cudnn_available() {
  try {
    return torch::cuda::cudnn_is_available() ? 1 : 0;
  } catch (...) {
    px::capture_error();
    return 0;
  }
}

PX_EXPORT int32_t px_cuda_device_count(int32_t* count) {
  return px::guarded([&] { *count = static_cast<int32_t>(torch::cuda::device_count()); });
}

PX_EXPORT int32_t px_cuda_synchronize(int32_t index) {
  return px::guarded([&] { torch::cuda::synchronize(index); });
}

PX_EXPORT int32_t px_cuda_manual_seed_all(int64_t seed) {
  return px::guarded([&] { torch::cuda::manual_seed_all(static_cast<uint64_t>(seed)); });
}

// Streams are handed around packed: id, device index and device type.
struct px_stream {
  int64_t id;
  int32_t device_type;
  int32_t device_index;
};

namespace {

c10::Stream unpack(const px_stream& stream) {
  const c10::Device device(static_cast<c10::DeviceType>(stream.device_type), static_cast<c10::DeviceIndex>(stream.device_index));
  return c10::Stream(c10::Stream::UNSAFE, device, stream.id);
}

px_stream pack(const c10::Stream& stream) {
  return {stream.id(), static_cast<int32_t>(stream.device_type()), static_cast<int32_t>(stream.device_index())};
}

}  // namespace

PX_EXPORT int32_t px_stream_current(int32_t device_type, int32_t device_index, px_stream* stream) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    *stream = pack(c10::impl::VirtualGuardImpl(type).getStream(c10::Device(type, static_cast<c10::DeviceIndex>(device_index))));
  });
}

PX_EXPORT int32_t px_stream_from_pool(int32_t device_type, int32_t device_index, int32_t high_priority, px_stream* stream) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(device_type);
    *stream = pack(c10::impl::VirtualGuardImpl(type).getStreamFromGlobalPool(
        c10::Device(type, static_cast<c10::DeviceIndex>(device_index)), high_priority != 0));
  });
}

PX_EXPORT int32_t px_stream_exchange(const px_stream* stream, px_stream* previous) {
  return px::guarded([&] {
    *previous = pack(c10::impl::VirtualGuardImpl(static_cast<c10::DeviceType>(stream->device_type)).exchangeStream(unpack(*stream)));
  });
}

PX_EXPORT int32_t px_stream_synchronize(const px_stream* stream) {
  return px::guarded([&] { c10::impl::VirtualGuardImpl(static_cast<c10::DeviceType>(stream->device_type)).synchronizeStream(unpack(*stream)); });
}

// Work queued on "waiter" from now on starts after everything queued on "other" so far.
PX_EXPORT int32_t px_stream_wait(const px_stream* waiter, const px_stream* other) {
  return px::guarded([&] {
    const auto type = static_cast<c10::DeviceType>(other->device_type);
    const c10::impl::VirtualGuardImpl guard(type);
    void* event = nullptr;
    guard.record(&event, unpack(*other), static_cast<c10::DeviceIndex>(other->device_index), c10::EventFlag::PYTORCH_DEFAULT);
    guard.block(event, unpack(*waiter));
    guard.destroyEvent(event, static_cast<c10::DeviceIndex>(other->device_index));
  });
}

// Keeps a tensor's memory from being reused before the work queued on the stream is done.
PX_EXPORT int32_t px_record_stream(px_tensor handle, const px_stream* stream) {
  return px::guarded([&] { px::borrow(handle).record_stream(unpack(*stream)); });
}
