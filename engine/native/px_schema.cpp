// What operators this libtorch has: for the generator and the tests.
#include "px.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <sstream>

// All aten schemas, one per line; the text lives until the next call of this export.
PX_EXPORT int32_t px_schemas(const char** text, int64_t* length) {
  return px::guarded([&] {
    static std::string dump;
    std::ostringstream out;
    for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) {
      if (name.name.rfind("aten::", 0) == 0) {
        const auto handle = c10::Dispatcher::singleton().findSchema(name);
        if (handle.has_value()) {
          out << handle->schema() << '\n';
        }
      }
    }
    dump = out.str();
    *text = dump.data();
    *length = static_cast<int64_t>(dump.size());
  });
}
