// The error of a thread: exceptions of libtorch become a code and a text.
#include "px.h"

namespace {

thread_local std::string last_error;

std::string first_line(const char* text) {
  std::string message(text);
  const auto end = message.find('\n');
  return end == std::string::npos ? message : message.substr(0, end);
}

}  // namespace

namespace px {

int32_t capture_error() noexcept {
  try {
    try {
      throw;
    } catch (const callback_error& e) {
      last_error = e.what();
      return PX_CALLBACK_ERROR;
    } catch (const missing_operator& e) {
      last_error = e.what();
      return PX_MISSING_OPERATOR;
    } catch (const c10::Error& e) {
      // A callback's error passes through the autograd engine as text; the mark tells it apart.
      const std::string full = e.what_without_backtrace();
      last_error = full.find("[px:") != std::string::npos ? full : first_line(full.c_str());
      if (full.find("[px:") != std::string::npos) {
        return PX_CALLBACK_ERROR;
      }
      if (full.find("out of memory") != std::string::npos || full.find("can't allocate memory") != std::string::npos) {
        return PX_OUT_OF_MEMORY;
      }
      if (dynamic_cast<const c10::IndexError*>(&e) != nullptr) {
        return PX_INDEX_ERROR;
      }
      if (dynamic_cast<const c10::ValueError*>(&e) != nullptr) {
        return PX_VALUE_ERROR;
      }
      if (dynamic_cast<const c10::TypeError*>(&e) != nullptr) {
        return PX_TYPE_ERROR;
      }
      return dynamic_cast<const c10::NotImplementedError*>(&e) != nullptr ? PX_NOT_IMPLEMENTED : PX_ERROR;
    } catch (const std::bad_alloc&) {
      last_error = "out of memory";
      return PX_OUT_OF_MEMORY;
    } catch (const std::exception& e) {
      last_error = e.what();
      return last_error.find("[px:") != std::string::npos ? PX_CALLBACK_ERROR : PX_STD_ERROR;
    } catch (...) {
      last_error = "an exception of unknown type";
      return PX_STD_ERROR;
    }
  } catch (...) {
    return PX_OUT_OF_MEMORY;  // the text itself could not be stored
  }
}

}  // namespace px

PX_EXPORT void px_last_error(const char** text, int32_t* length) {
  *text = last_error.data();
  *length = static_cast<int32_t>(last_error.size());
}
