// Memory of big CPU tensors: blocks are kept when they are freed, and handed out again. A training step asks for the same sizes each time;
// giving them back to the kernel in between costs a page fault for every 4 KB. mallopt alone does not help on threads other than the first:
// glibc serves those from heaps of at most 64 MB and maps everything larger anew. oneDNN takes its memory here too.
#include "px.h"

#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <c10/util/Exception.h>

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace {

constexpr size_t page = 2 << 20;      // a huge page
constexpr size_t smallest = 1 << 20;  // below, malloc is good enough

struct block {
  void* data;
  uint64_t freed;  // when, in blocks freed so far
};

// Kept and live blocks together stay below one and a half times what was ever live at once.
class block_cache {
 public:
  void* take(size_t bytes) {
    const size_t size = (bytes + page - 1) / page * page;
    const std::lock_guard<std::mutex> lock(gate_);
    auto found = kept_.lower_bound(size);
    if (found != kept_.end() && found->first <= size + size / 8) {
      found = std::prev(kept_.upper_bound(found->first));  // of equal ones the one freed last: it may still be in a cache
      const auto [kept_size, kept] = *found;
      kept_.erase(found);
      kept_bytes_ -= kept_size;
      return hand_out(kept.data, kept_size);
    }
    trim(std::max(peak_bytes_, live_bytes_ + size) / 2 * 3, live_bytes_ + size);
    return hand_out(map(size), size);
  }

  // False when the memory is not from here.
  bool give_back(void* data) {
    const std::lock_guard<std::mutex> lock(gate_);
    const auto found = live_.find(data);
    if (found == live_.end()) {
      return false;
    }
    const size_t size = found->second;
    live_.erase(found);
    live_bytes_ -= size;
    kept_bytes_ += size;
    kept_.emplace(size, block{data, ++clock_});
    return true;
  }

 private:
  // Returns the blocks that were not used for longest to the kernel until kept and live ones fit into the limit.
  void trim(size_t limit, size_t live) {
    while (kept_bytes_ > 0 && live + kept_bytes_ > limit) {
      const auto oldest = std::min_element(kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a.second.freed < b.second.freed; });
      kept_bytes_ -= oldest->first;
      munmap(oldest->second.data, oldest->first);
      kept_.erase(oldest);
    }
  }

  void* hand_out(void* data, size_t size) {
    live_.emplace(data, size);
    live_bytes_ += size;
    peak_bytes_ = std::max(peak_bytes_, live_bytes_);
    return data;
  }

  void* map(size_t size) {
    void* memory = reserve(size + page);
    if (memory == MAP_FAILED) {
      trim(0, 0);
      memory = reserve(size + page);
    }
    TORCH_CHECK(memory != MAP_FAILED, "out of memory: ", size, " bytes for a tensor on the CPU");
    // From the first boundary of a huge page; what lies around it goes back.
    auto* start = static_cast<char*>(memory);
    const size_t before = (page - reinterpret_cast<uintptr_t>(start) % page) % page;
    if (before > 0) {
      munmap(start, before);
    }
    if (before < page) {
      munmap(start + before + size, page - before);
    }
    madvise(start + before, size, MADV_HUGEPAGE);  // a wish: without huge pages everything still works
    return start + before;
  }

  static void* reserve(size_t size) {
    return mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }

  std::mutex gate_;
  std::multimap<size_t, block> kept_;
  std::unordered_map<void*, size_t> live_;
  size_t kept_bytes_ = 0;
  size_t live_bytes_ = 0;
  size_t peak_bytes_ = 0;
  uint64_t clock_ = 0;
};

// Never destroyed: tensors may be freed while the process ends.
block_cache& cache() {
  static auto* instance = new block_cache();
  return *instance;
}

// Blocks start at the boundary of a huge page; hardly anything from malloc does, so small tensors need no look-up.
void free_any(void* data) {
  if (reinterpret_cast<uintptr_t>(data) % page != 0 || data == nullptr || !cache().give_back(data)) {
    c10::free_cpu(data);
  }
}

// libtorch has changed allocate from const to not const and added copy_data: the one that its base class declares is the one it calls.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverloaded-virtual"
struct keeping_allocator final : c10::Allocator {
  c10::DataPtr allocate(size_t bytes) const { return obtain(bytes); }
  c10::DataPtr allocate(size_t bytes) { return obtain(bytes); }
  c10::DeleterFnPtr raw_deleter() const override { return &free_any; }
  void copy_data(void* target, const void* source, std::size_t count) const { std::memcpy(target, source, count); }

 private:
  static c10::DataPtr obtain(size_t bytes) {
    void* data = bytes < smallest ? c10::alloc_cpu(bytes) : cache().take(bytes);
    return {data, data, &free_any, c10::Device(c10::DeviceType::CPU)};
  }
};
#pragma GCC diagnostic pop

}  // namespace

namespace px {

void keep_memory() {
  static keeping_allocator allocator;
  c10::SetCPUAllocator(&allocator);
}

}  // namespace px
