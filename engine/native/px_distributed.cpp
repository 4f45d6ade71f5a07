// Collectives over several processes: c10d's process groups, whose members find each other through a file or a TCP store.
// Gloo needs its headers (Debian: libgloo-dev), NCCL its own and CUDA's; without them the shim builds and says so.
#include "px.h"

#if defined(USE_C10D_GLOO) && __has_include(<gloo/config.h>)
#define PX_GLOO 1
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#if defined(USE_C10D_NCCL) && __has_include(<nccl.h>) && __has_include(<cuda_runtime_api.h>)
#define PX_NCCL 1
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#if defined(PX_GLOO) || defined(PX_NCCL)
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <thread>

namespace {

using std::chrono::milliseconds;
using store_ptr = c10::intrusive_ptr<c10d::Store>;
using work_ptr = c10::intrusive_ptr<c10d::Work>;
#if PX_TORCH_AT_LEAST(2, 0)
using backend = c10d::Backend;
#else
using backend = c10d::ProcessGroup;
#endif
using backend_ptr = c10::intrusive_ptr<backend>;

enum px_backend : int32_t { PX_BACKEND_GLOO = 0, PX_BACKEND_NCCL = 1 };

struct group_handle {
  store_ptr store;
  backend_ptr members;
  int32_t kind;
};

store_ptr open_store(const char* file, const char* host, int32_t port, int32_t rank, int32_t size, milliseconds timeout) {
  if (file != nullptr) {
    auto store = c10::make_intrusive<c10d::FileStore>(file, size);
    store->setTimeout(timeout);
    return store;
  }
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(port);
  options.isServer = rank == 0;
  options.numWorkers = size;
  options.waitWorkers = false;  // meet() waits, and names who is missing
  options.timeout = timeout;
#if PX_TORCH_AT_LEAST(2, 4)
  options.useLibUV = false;  // Debian's build has no libuv
#endif
  return c10::make_intrusive<c10d::TCPStore>(host, options);
}

std::string member(int32_t rank) {
  return "parallax/member/" + std::to_string(rank);
}

// Every process enters itself and waits for the others.
void meet(const store_ptr& store, int32_t rank, int32_t size, milliseconds timeout) {
  if (store->add(member(rank), 1) != 1) {
    throw std::runtime_error(
        "rank " + std::to_string(rank) + " has joined already: two processes have the same rank, or the store was used by an earlier run");
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (int32_t other = 0; other < size; ++other) {
    while (!store->check({member(other)})) {
      if (std::chrono::steady_clock::now() > deadline) {
        std::string missing;
        for (int32_t late = other; late < size; ++late) {
          if (!store->check({member(late)})) {
            missing += (missing.empty() ? "" : ", ") + std::to_string(late);
          }
        }
        throw std::runtime_error("rank " + missing + " did not arrive within " + std::to_string(timeout.count() / 1000.0).substr(0, 5) + " s");
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
}

#ifdef PX_GLOO
struct gloo_group : c10d::ProcessGroupGloo {
  using c10d::ProcessGroupGloo::ProcessGroupGloo;

  void set_timeout(milliseconds timeout) {
#ifdef PX_GLOO_LIBRARY
    for (const auto& context : contexts_) {
      context->setTimeout(timeout);
    }
#endif
  }
};

backend_ptr connect_gloo(const store_ptr& store, int32_t rank, int32_t size, const char* address, milliseconds timeout, milliseconds connect_timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create();
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
#ifdef PX_GLOO_LIBRARY
  options->timeout = connect_timeout;
#else
  options->timeout = timeout;
#endif
  auto group = c10::make_intrusive<gloo_group>(store, rank, size, options);
  // Whoever serves the store may leave only after all are connected.
  group->barrier()->wait();
  options->timeout = timeout;
  group->set_timeout(timeout);
  return group;
}
#endif

group_handle* as_group(void* group) {
  return static_cast<group_handle*>(group);
}

void* hand_out(work_ptr work) {
  return new work_ptr(std::move(work));
}

// libtorch does not see that another thread writes into the tensor.
void mark_changed(const at::Tensor& tensor) {
  if (!tensor.is_inference()) {
    tensor.unsafeGetTensorImpl()->bump_version();
  }
}

// Copies need no arithmetic: as bytes, every element type can travel.
at::Tensor as_bytes(const at::Tensor& tensor) {
  return tensor.detach().view(-1).view(at::kByte);
}

}  // namespace

// Was the shim compiled with this backend? (0 Gloo, 1 NCCL)
PX_EXPORT int32_t px_group_available(int32_t kind) {
#ifdef PX_GLOO
  if (kind == PX_BACKEND_GLOO) {
    return 1;
  }
#endif
#ifdef PX_NCCL
  if (kind == PX_BACKEND_NCCL) {
    return 1;
  }
#endif
  return 0;
}

// Joins a group: through the file when there is one, otherwise through the TCP store that rank 0 serves. Gloo listens at the address.
PX_EXPORT int32_t px_group_connect(
    int32_t kind, int32_t rank, int32_t size, const char* file, const char* host, int32_t port, const char* address, int64_t timeout_ms,
    int64_t connect_timeout_ms, void** result) {
  return px::guarded([&] {
    px::enter_thread();
    const milliseconds timeout(timeout_ms);
    const milliseconds connect_timeout(connect_timeout_ms);
    TORCH_CHECK(px_group_available(kind) != 0, "the shim was compiled without this backend");
    auto store = open_store(file, host, port, rank, size, connect_timeout);
    meet(store, rank, size, connect_timeout);
    backend_ptr members;
#ifdef PX_GLOO
    if (kind == PX_BACKEND_GLOO) {
      members = connect_gloo(store, rank, size, address, timeout, connect_timeout);
    }
#endif
#ifdef PX_NCCL
    if (kind == PX_BACKEND_NCCL) {
      auto options = c10d::ProcessGroupNCCL::Options::create();
      options->timeout = timeout;
      members = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
    }
#endif
    *result = new group_handle{std::move(store), std::move(members), kind};
  });
}

PX_EXPORT void px_group_free(void* group) {
  px::guarded([&] { delete as_group(group); });
}

// Starts the sum over all processes, in place; the tensor is contiguous.
PX_EXPORT int32_t px_group_all_reduce(void* group, px_tensor tensor, void** work) {
  return px::guarded([&] {
    px::enter_thread();
    std::vector<at::Tensor> tensors{px::borrow(tensor).detach()};
    *work = hand_out(as_group(group)->members->allreduce(tensors));
    mark_changed(tensors[0]);
  });
}

// Starts output = the inputs of all processes, one after the other; both are contiguous.
PX_EXPORT int32_t px_group_all_gather(void* group, px_tensor output, px_tensor input, void** work) {
  return px::guarded([&] {
    px::enter_thread();
    const auto& members = as_group(group)->members;
    const auto all = as_bytes(px::borrow(output));
    std::vector<at::Tensor> inputs{as_bytes(px::borrow(input))};
    std::vector<std::vector<at::Tensor>> outputs{all.chunk(members->getSize())};
    *work = hand_out(members->allgather(outputs, inputs));
    mark_changed(all);
  });
}

// Starts the copy of the root's values to all processes; the tensor is contiguous.
PX_EXPORT int32_t px_group_broadcast(void* group, px_tensor tensor, int32_t root, void** work) {
  return px::guarded([&] {
    px::enter_thread();
    std::vector<at::Tensor> tensors{as_bytes(px::borrow(tensor))};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    *work = hand_out(as_group(group)->members->broadcast(tensors, options));
    mark_changed(tensors[0]);
  });
}

PX_EXPORT int32_t px_group_barrier(void* group, void** work) {
  return px::guarded([&] {
    c10d::BarrierOptions options;
#ifdef PX_NCCL
    if (as_group(group)->kind == PX_BACKEND_NCCL) {
      options.device_ids = {c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).getDevice().index()};
    }
#endif
    *work = hand_out(as_group(group)->members->barrier(options));
  });
}

// Blocks until the work is done (NCCL: until the current stream waits for it), or throws what ended it.
PX_EXPORT int32_t px_work_wait(void* work) {
  return px::guarded([&] { (*static_cast<work_ptr*>(work))->wait(); });
}

PX_EXPORT void px_work_free(void* work) {
  px::guarded([&] { delete static_cast<work_ptr*>(work); });
}

#else

PX_EXPORT int32_t px_group_available(int32_t) {
  return 0;
}

namespace {

int32_t unavailable() {
  return px::guarded([] { throw std::runtime_error("the shim was compiled without collectives"); });
}

}  // namespace

PX_EXPORT int32_t px_group_connect(int32_t, int32_t, int32_t, const char*, const char*, int32_t, const char*, int64_t, int64_t, void**) {
  return unavailable();
}

PX_EXPORT void px_group_free(void*) {}

PX_EXPORT int32_t px_group_all_reduce(void*, px_tensor, void**) {
  return unavailable();
}

PX_EXPORT int32_t px_group_all_gather(void*, px_tensor, px_tensor, void**) {
  return unavailable();
}

PX_EXPORT int32_t px_group_broadcast(void*, px_tensor, int32_t, void**) {
  return unavailable();
}

PX_EXPORT int32_t px_group_barrier(void*, void**) {
  return unavailable();
}

PX_EXPORT int32_t px_work_wait(void*) {
  return unavailable();
}

PX_EXPORT void px_work_free(void*) {}

#endif
