// Differentiable functions whose forward and backward are C#: one graph node that calls back, and the tensors it saved.
#include "px.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>
#include <type_traits>

namespace {

using torch::autograd::Edge;
using torch::autograd::Node;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;

// backward(context, node, incoming gradients, their number, room for outgoing gradients, their number): 0, or the id of the managed exception.
using backward_fn = int64_t (*)(void* context, void* node, const px_tensor* incoming, int32_t in, px_tensor* outgoing, int32_t out);
using free_fn = void (*)(void* context);

// Node became intrusive_ptr-managed in later libtorch releases; told apart by type, not by version.
constexpr bool intrusive_node = std::is_base_of_v<c10::intrusive_ptr_target, Node>;
using node_ptr = decltype(std::declval<Edge>().function);

struct callback_node : Node {
  callback_node(std::string label, backward_fn run, free_fn drop, void* state)
      : label_(std::move(label)), run_(run), drop_(drop), state_(state) {}

  ~callback_node() override {
    drop_(state_);
  }

  std::string name() const override {
    return label_;
  }

  variable_list apply(variable_list&& inputs) override {
    std::vector<px_tensor> incoming;
    incoming.reserve(inputs.size());
    for (const auto& tensor : inputs) {
      incoming.push_back(px::release(tensor));  // the callback owns these references
    }
    std::vector<px_tensor> outgoing(num_outputs(), nullptr);
    const auto failure = run_(
        state_, this, incoming.data(), static_cast<int32_t>(incoming.size()), outgoing.data(), static_cast<int32_t>(outgoing.size()));
    variable_list results;
    results.reserve(outgoing.size());
    for (auto* handle : outgoing) {
      results.push_back(handle == nullptr ? at::Tensor() : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(handle)));
    }
    if (failure != 0) {
      throw px::callback_error(failure);
    }
    return results;
  }

  void release_variables() override {
    saved_.clear();
    released_ = true;
  }

  std::string label_;
  backward_fn run_;
  free_fn drop_;
  void* state_;
  std::vector<SavedVariable> saved_;
  bool released_ = false;
};

template <typename Pointer>
Pointer make_node(callback_node* raw) {
  if constexpr (intrusive_node) {
    return Pointer::reclaim(raw);
  } else {
    return Pointer(raw, torch::autograd::deleteNode);  // the default deleter would recurse down the graph
  }
}

template <typename Pointer, typename Raw>
Pointer share(Raw* raw) {
  if constexpr (intrusive_node) {
    return Pointer::reclaim_copy(raw);
  } else {
    return raw->shared_from_this();
  }
}

}  // namespace

// Would a function of these inputs be recorded? (gradient mode on and any input requires a gradient)
PX_EXPORT int32_t px_function_needed(const px_tensor* inputs, int32_t count, int32_t* result) {
  return px::guarded([&] {
    *result = 0;
    if (at::GradMode::is_enabled()) {
      for (int32_t i = 0; i < count; ++i) {
        if (inputs[i] != nullptr && px::borrow(inputs[i]).requires_grad()) {
          *result = 1;
        }
      }
    }
  });
}

// Records C# backward for outputs computed from inputs without gradients.
// differentiable[i] = 0 leaves output i without history; dirty[i] = 1 says output i is an input changed in place.
// saved[i] with saved_output[i] >= 0 is that output; results[i] receives the output to hand out (an own reference).
PX_EXPORT int32_t px_function_record(
    const char* label, backward_fn run, free_fn drop, void* state, const px_tensor* inputs, int32_t input_count, const px_tensor* outputs,
    int32_t output_count, const uint8_t* differentiable, const uint8_t* dirty, const px_tensor* saved, const int32_t* saved_output,
    int32_t saved_count, px_tensor* results) {
  return px::guarded([&] {
    const auto in = px::borrow_all(inputs, input_count);
    auto out = px::borrow_all(outputs, output_count);
    auto* raw = new callback_node(label, run, drop, state);
    auto node = make_node<node_ptr>(raw);
    torch::autograd::edge_list edges;
    for (const auto& tensor : in) {
      edges.push_back(tensor.defined() ? torch::autograd::impl::gradient_edge(tensor) : Edge());
    }
    node->set_next_edges(std::move(edges));
    for (int32_t i = 0; i < output_count; ++i) {
      auto& tensor = out[i];
      if (dirty[i] != 0) {
        // A leaf that requires grad was refused before forward ran; the version was bumped by the in-place operation itself.
        if (tensor.is_view()) {
          torch::autograd::impl::rebase_history(tensor, {node, node->add_input_metadata(tensor)});
        } else {
          torch::autograd::impl::set_gradient_edge(tensor, {node, node->add_input_metadata(tensor)});
        }
        continue;
      }
      bool is_input = false;
      for (const auto& candidate : in) {
        is_input |= candidate.is_same(tensor);
      }
      // History must not be written onto a tensor that somebody else holds.
      if (is_input || tensor.requires_grad() || tensor.is_view()) {
        tensor = tensor.detach();
        if (tensor.is_view()) {
          tensor = tensor.variable_data();
        }
      }
      if (differentiable[i] != 0 && (at::isFloatingType(tensor.scalar_type()) || at::isComplexType(tensor.scalar_type()))) {
        torch::autograd::set_history(tensor, node);
      } else {
        node->add_input_metadata(Node::undefined_input());
      }
    }
    for (int32_t i = 0; i < saved_count; ++i) {
      const bool is_output = saved_output[i] >= 0;
      raw->saved_.emplace_back(is_output ? out[saved_output[i]] : px::borrow(saved[i]), is_output);
    }
    for (int32_t i = 0; i < output_count; ++i) {
      results[i] = px::release(out[i]);
    }
  });
}

PX_EXPORT int32_t px_function_saved(void* node, px_tensor* results, int32_t count) {
  return px::guarded([&] {
    auto* raw = static_cast<callback_node*>(node);
    TORCH_CHECK(
        !raw->released_,
        "backward of ", raw->label_, " runs a second time, but its saved tensors were freed; pass retain_graph: true to the first backward");
    const auto owner = share<node_ptr>(raw);
    for (int32_t i = 0; i < count; ++i) {
      results[i] = px::release(raw->saved_[i].unpack(owner));
    }
  });
}
