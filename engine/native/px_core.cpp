// Handles, operator lookup and the one boxed call.
#include "px.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace {

enum class kind : uint8_t {
  tensor, tensors, optional_tensors, integer, real, scalar, boolean, string, ints, reals, bools, device, generator, unsupported,
};

struct parameter {
  kind type;
  bool optional;
  int32_t fixed_size;
};

struct op {
  c10::OperatorHandle handle;
  const c10::FunctionSchema* schema;
  std::vector<parameter> parameters;
  c10::optional<c10::OperatorHandle> tensor_form;  // of an operator that takes a number: the one that takes a tensor there
};

// The operators whose number libtorch turns into a float64 tensor and then casts to the type of the first operand: half of their time.
c10::optional<c10::OperatorHandle> find_tensor_form(const std::string& name, const std::string& overload) {
  static const char* const names[] = {"aten::add", "aten::sub", "aten::mul", "aten::div"};
  for (const std::string base : names) {
    if (overload == "Scalar" && (name == base || name == base + "_")) {
      return c10::Dispatcher::singleton().findSchema({name, "Tensor"});
    }
  }
  return c10::nullopt;
}

// A real number beside a float32 or float64 tensor on the CPU gets that type at once, rounded as the cast would. Other types compute differently,
// and a number beyond float32 would be refused where the cast makes it infinite.
bool takes_tensor_form(const op& target, const px_val* args, int32_t count) {
  if (!target.tensor_form.has_value() || count < 2 || args[0].tag != PX_TENSOR || args[0].p == nullptr || (args[1].tag != PX_DOUBLE && args[1].tag != PX_INT)) {
    return false;
  }
  const auto* self = static_cast<const c10::TensorImpl*>(args[0].p);
  if (self->device_type() != c10::DeviceType::CPU) {
    return false;
  }
  const auto type = c10::typeMetaToScalarType(self->dtype());
  const bool fits = args[1].tag == PX_INT || std::isinf(args[1].d) || !(std::abs(args[1].d) > std::numeric_limits<float>::max());
  return type == at::kDouble || (type == at::kFloat && fits);
}

at::Tensor number_like(px_tensor self, const px_val& number) {
  const auto value = number.tag == PX_DOUBLE ? c10::Scalar(number.d) : c10::Scalar(number.i);
  auto tensor = at::detail::scalar_tensor_static(value, c10::typeMetaToScalarType(self->dtype()), at::kCPU);
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  return tensor;
}

parameter describe(const c10::Argument& argument) {
  auto type = argument.real_type();
  parameter result{kind::unsupported, false, argument.N().value_or(0)};
  if (type->kind() == c10::TypeKind::OptionalType) {
    result.optional = true;
    type = type->castRaw<c10::OptionalType>()->getElementType();
  }
  switch (type->kind()) {
    case c10::TypeKind::TensorType: result.type = kind::tensor; break;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
    case c10::TypeKind::ScalarTypeType:
    case c10::TypeKind::LayoutType:
    case c10::TypeKind::MemoryFormatType: result.type = kind::integer; break;
    case c10::TypeKind::FloatType: result.type = kind::real; break;
    case c10::TypeKind::NumberType: result.type = kind::scalar; break;
    case c10::TypeKind::BoolType: result.type = kind::boolean; break;
    case c10::TypeKind::StringType: result.type = kind::string; break;
    case c10::TypeKind::DeviceObjType: result.type = kind::device; break;
    case c10::TypeKind::GeneratorType: result.type = kind::generator; break;
    case c10::TypeKind::ListType: {
      const auto element = type->castRaw<c10::ListType>()->getElementType();
      switch (element->kind()) {
        case c10::TypeKind::TensorType: result.type = kind::tensors; break;
        case c10::TypeKind::OptionalType: result.type = kind::optional_tensors; break;
        case c10::TypeKind::IntType:
        case c10::TypeKind::SymIntType: result.type = kind::ints; break;
        case c10::TypeKind::FloatType: result.type = kind::reals; break;
        case c10::TypeKind::BoolType: result.type = kind::bools; break;
        default: break;
      }
      break;
    }
    default: break;
  }
  return result;
}

[[noreturn]] void reject(const op& target, size_t index, const px_val& value) {
  const auto& argument = target.schema->arguments()[index];
  C10_THROW_ERROR(
      TypeError,
      c10::str("argument '", argument.name(), "' is a ", argument.real_type()->repr_str(), "; a value of tag ", value.tag, " came"));
}

c10::IValue to_ivalue(const op& target, size_t index, const px_val& value) {
  const auto& p = target.parameters[index];
  if (value.tag == PX_DEFAULT) {
    const auto& fallback = target.schema->arguments()[index].default_value();
    TORCH_CHECK(fallback.has_value(), "argument '", target.schema->arguments()[index].name(), "' has no default and must be given");
    return *fallback;
  }
  if (value.tag == PX_NONE || (value.tag == PX_TENSOR && value.p == nullptr)) {
    return p.type == kind::tensor && !p.optional ? c10::IValue(at::Tensor()) : c10::IValue();
  }
  switch (p.type) {
    case kind::tensor:
      if (value.tag == PX_TENSOR) {
        return c10::IValue(px::borrow(static_cast<px_tensor>(value.p)));
      }
      break;
    case kind::tensors:
      if (value.tag == PX_TENSORS) {
        c10::List<at::Tensor> list;
        list.reserve(value.n);
        for (int32_t i = 0; i < value.n; ++i) {
          list.push_back(px::borrow(static_cast<px_tensor*>(value.p)[i]));
        }
        return c10::IValue(std::move(list));
      }
      break;
    case kind::optional_tensors:
      if (value.tag == PX_TENSORS) {
        c10::List<c10::optional<at::Tensor>> list;
        list.reserve(value.n);
        for (int32_t i = 0; i < value.n; ++i) {
          const auto handle = static_cast<px_tensor*>(value.p)[i];
          list.push_back(handle == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(px::borrow(handle)));
        }
        return c10::IValue(std::move(list));
      }
      break;
    case kind::integer:
      if (value.tag == PX_INT) {
        return c10::IValue(value.i);
      }
      break;
    case kind::real:
      if (value.tag == PX_DOUBLE) {
        return c10::IValue(value.d);
      }
      if (value.tag == PX_INT) {
        return c10::IValue(static_cast<double>(value.i));
      }
      break;
    case kind::scalar:
      if (value.tag == PX_DOUBLE) {
        return c10::IValue(value.d);
      }
      if (value.tag == PX_INT) {
        return c10::IValue(value.i);
      }
      if (value.tag == PX_BOOL) {
        return c10::IValue(value.i != 0);
      }
      break;
    case kind::boolean:
      if (value.tag == PX_BOOL) {
        return c10::IValue(value.i != 0);
      }
      break;
    case kind::string:
      if (value.tag == PX_STRING) {
        return c10::IValue(std::string(static_cast<const char*>(value.p), value.n));
      }
      break;
    case kind::ints:
      if (value.tag == PX_INTS) {
        const auto* data = static_cast<const int64_t*>(value.p);
        c10::List<int64_t> list;
        const bool repeat = value.n == 1 && p.fixed_size > 1;
        const int32_t count = repeat ? p.fixed_size : value.n;
        list.reserve(count);
        for (int32_t i = 0; i < count; ++i) {
          list.push_back(data[repeat ? 0 : i]);
        }
        return c10::IValue(std::move(list));
      }
      break;
    case kind::reals:
      if (value.tag == PX_DOUBLES) {
        const auto* data = static_cast<const double*>(value.p);
        c10::List<double> list;
        list.reserve(value.n);
        for (int32_t i = 0; i < value.n; ++i) {
          list.push_back(data[i]);
        }
        return c10::IValue(std::move(list));
      }
      break;
    case kind::bools:
      if (value.tag == PX_BOOLS) {
        const auto* data = static_cast<const uint8_t*>(value.p);
        c10::List<bool> list;
        list.reserve(value.n);
        for (int32_t i = 0; i < value.n; ++i) {
          list.push_back(data[i] != 0);
        }
        return c10::IValue(std::move(list));
      }
      break;
    case kind::device:
      if (value.tag == PX_DEVICE) {
        return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.i), static_cast<c10::DeviceIndex>(value.n)));
      }
      break;
    case kind::generator:
      if (value.tag == PX_GENERATOR) {
        return c10::IValue(at::Generator(
            c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(value.p))));
      }
      break;
    case kind::unsupported: break;
  }
  reject(target, index, value);
}

// Lists returned to C#: valid until the next call on the same thread.
struct returned_lists {
  std::vector<std::vector<int64_t>> words;
  size_t used = 0;

  std::vector<int64_t>& next() {
    if (used == words.size()) {
      words.emplace_back();
    }
    words[used].clear();
    return words[used++];
  }
};

thread_local returned_lists lists;

px_val from_ivalue(c10::IValue&& value) {
  px_val result{PX_NONE, 0, {0}};
  if (value.isTensor()) {
    result.tag = PX_TENSOR;
    result.p = px::release(std::move(value).toTensor());
  } else if (value.isInt()) {
    result.tag = PX_INT;
    result.i = value.toInt();
  } else if (value.isDouble()) {
    result.tag = PX_DOUBLE;
    result.d = value.toDouble();
  } else if (value.isBool()) {
    result.tag = PX_BOOL;
    result.i = value.toBool() ? 1 : 0;
  } else if (value.isTensorList()) {
    auto& words = lists.next();
    for (auto& tensor : value.toTensorVector()) {
      words.push_back(reinterpret_cast<int64_t>(px::release(std::move(tensor))));
    }
    result.tag = PX_TENSORS;
    result.n = static_cast<int32_t>(words.size());
    result.p = words.data();
  } else if (value.isIntList()) {
    auto& words = lists.next();
    const auto ints = value.toIntVector();
    words.assign(ints.begin(), ints.end());
    result.tag = PX_INTS;
    result.n = static_cast<int32_t>(words.size());
    result.p = words.data();
  } else {
    TORCH_CHECK(value.isNone(), "the result type ", value.tagKind(), " is not supported by the binding");
  }
  return result;
}

// The argument stack of a thread; a nested call (a C# callback inside backward) takes a fresh one.
struct call_stack {
  std::vector<c10::IValue> values;
  bool busy = false;
};

thread_local call_stack shared_stack;

class stack_lease {
 public:
  stack_lease() : shared_(!shared_stack.busy) {
    if (shared_) {
      shared_stack.busy = true;
      shared_stack.values.clear();
    }
  }
  ~stack_lease() {
    if (shared_) {
      shared_stack.values.clear();
      shared_stack.busy = false;
    }
  }
  stack_lease(const stack_lease&) = delete;
  stack_lease& operator=(const stack_lease&) = delete;
  std::vector<c10::IValue>& values() { return shared_ ? shared_stack.values : own_; }

 private:
  bool shared_;
  std::vector<c10::IValue> own_;
};

}  // namespace

PX_EXPORT void px_release_all(px_tensor* handles, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    if (handles[i] != nullptr) {
      c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(handles[i]);
    }
  }
}

PX_EXPORT int32_t px_op_find(const char* name, const char* overload, void** result) {
  return px::guarded([&] {
    static std::mutex gate;
    static std::unordered_map<std::string, std::unique_ptr<op>> known;
    const std::string key = std::string(name) + "." + overload;
    const std::lock_guard<std::mutex> lock(gate);
    auto found = known.find(key);
    if (found == known.end()) {
      const auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
      if (!handle.has_value()) {
        throw px::missing_operator("libtorch " TORCH_VERSION " has no operator " + std::string(name) + (*overload != 0 ? "." : "") + overload);
      }
      auto entry = std::make_unique<op>(op{*handle, &handle->schema(), {}, find_tensor_form(name, overload)});
      for (const auto& argument : entry->schema->arguments()) {
        entry->parameters.push_back(describe(argument));
      }
      found = known.emplace(key, std::move(entry)).first;
    }
    *result = found->second.get();
  });
}

// Calls an operator; missing trailing arguments take the schema's defaults. max = 0 drops the results (in-place operators).
PX_EXPORT int32_t px_op_call(void* handle, const px_val* args, int32_t count, px_val* results, int32_t max) {
  try {
    px::enter_thread();
    const auto& target = *static_cast<const op*>(handle);
    stack_lease lease;
    auto& stack = lease.values();
    const size_t arity = target.parameters.size();
    TORCH_CHECK(static_cast<size_t>(count) <= arity, "the operator takes ", arity, " arguments on libtorch " TORCH_VERSION "; ", count, " came");
    stack.reserve(arity);
    const bool as_tensor = takes_tensor_form(target, args, count);
    for (size_t i = 0; i < arity; ++i) {
      if (as_tensor && i == 1) {
        stack.emplace_back(number_like(static_cast<px_tensor>(args[0].p), args[1]));
        continue;
      }
      stack.push_back(to_ivalue(target, i, i < static_cast<size_t>(count) ? args[i] : px_val{PX_DEFAULT, 0, {0}}));
    }
    (as_tensor ? *target.tensor_form : target.handle).callBoxed(&stack);
    lists.used = 0;
    for (int32_t i = 0; i < max && static_cast<size_t>(i) < stack.size(); ++i) {
      results[i] = from_ivalue(std::move(stack[i]));
    }
    return PX_OK;
  } catch (...) {
    return px::capture_error();
  }
}
