// Errors, counters, and the switches of the library as a whole.
#include "convolution_kernels.h"
#include "internal.h"

#include <ATen/autocast_mode.h>

#include <ATen/Version.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstring>

namespace kt {

std::atomic<int64_t> live_handles{0};

namespace {

thread_local std::string last_error;

int32_t keep(int32_t status, const char* text) noexcept
{
    try {
        last_error = text;
    } catch (...) {
        last_error.clear();
    }
    return status;
}

int32_t copy_text(const std::string& text, char* buffer, int32_t length)
{
    if (buffer != nullptr && length > 0) {
        const auto count = std::min(text.size(), static_cast<size_t>(length - 1));
        std::memcpy(buffer, text.data(), count);
        buffer[count] = 0;
    }
    return static_cast<int32_t>(text.size());
}

}  // namespace

int32_t failed() noexcept
{
    try {
        throw;
    } catch (const Invalid& error) {
        return keep(KT_INVALID, error.what());
    } catch (const OutOfMemory& error) {
        return keep(KT_OUT_OF_MEMORY, error.what());
    } catch (const c10::Error& error) {
        const char* text = error.what_without_backtrace();
        const bool memory = std::strstr(text, "not enough memory") != nullptr || std::strstr(text, "out of memory") != nullptr
            || std::strstr(text, "can't allocate memory") != nullptr;
        return keep(memory ? KT_OUT_OF_MEMORY : KT_FAILED, text);
    } catch (const std::bad_alloc&) {
        return keep(KT_OUT_OF_MEMORY, "no memory left");
    } catch (const std::exception& error) {
        return keep(KT_FAILED, error.what());
    } catch (...) {
        return keep(KT_FAILED, "an error without a text");
    }
}

}  // namespace kt

extern "C" {

int32_t kt_last_error(char* buffer, int32_t length) { return kt::copy_text(kt::last_error, buffer, length); }

int64_t kt_live_handles(void) { return kt::live_handles.load(std::memory_order_relaxed); }

int32_t kt_interface_version(void) { return 1; }

int32_t kt_info(int32_t subject, char* buffer, int32_t length)
{
    KT_BEGIN
    switch (subject) {
        case 0: kt::copy_text(TORCH_VERSION, buffer, length); break;
        case 1: kt::copy_text(at::show_config(), buffer, length); break;
        case 2: kt::copy_text(at::get_parallel_info(), buffer, length); break;
        case 3: kt::copy_text(std::to_string(kt::convolution_kernels().width), buffer, length); break;
        default: throw kt::Invalid("no such subject");
    }
    KT_END
}

int32_t kt_device_count(int32_t device_type, int32_t* count)
{
    KT_BEGIN
    switch (static_cast<at::DeviceType>(device_type)) {
        case at::DeviceType::CPU: *count = 1; break;
        case at::DeviceType::CUDA: *count = at::hasCUDA() ? static_cast<int32_t>(at::getNumGPUs()) : 0; break;
#if defined(__APPLE__)
        case at::DeviceType::MPS: *count = at::hasMPS() ? 1 : 0; break;
#endif
        default: *count = 0;
    }
    KT_END
}

int32_t kt_get_threads(int32_t* count)
{
    KT_BEGIN
    *count = at::get_num_threads();
    KT_END
}

int32_t kt_set_threads(int32_t count)
{
    KT_BEGIN
    if (count < 1) throw kt::Invalid("the number of threads must be at least 1");
    at::set_num_threads(count);
    KT_END
}

int32_t kt_set_grad_mode(int32_t enabled, int32_t* before)
{
    KT_BEGIN
    *before = c10::GradMode::is_enabled() ? 1 : 0;
    c10::GradMode::set_enabled(enabled != 0);
    KT_END
}

int32_t kt_autocast(int32_t device_type, int32_t type, int32_t enabled)
{
    KT_BEGIN
    const auto kind = static_cast<at::DeviceType>(device_type);
    const auto precision = static_cast<at::ScalarType>(type);
    if (kind != at::kCPU && kind != at::kCUDA) throw kt::Invalid("lower precision is for the CPU and CUDA");
#if KT_TORCH_AT_LEAST(2, 4)
    if (enabled != 0) at::autocast::set_autocast_dtype(kind, precision);
    at::autocast::set_autocast_enabled(kind, enabled != 0);
#else
    if (kind == at::kCPU) {
        if (enabled != 0) at::autocast::set_autocast_cpu_dtype(precision);
        at::autocast::set_cpu_enabled(enabled != 0);
    } else {
        if (enabled != 0) at::autocast::set_autocast_gpu_dtype(precision);
        at::autocast::set_enabled(enabled != 0);
    }
#endif
    // Weights that were cast are kept until the outermost stretch ends.
    if (enabled != 0) at::autocast::increment_nesting();
    else if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    KT_END
}

int32_t kt_set_deterministic(int32_t enabled)
{
    KT_BEGIN
    at::globalContext().setDeterministicAlgorithms(enabled != 0, false);
    KT_END
}

int32_t kt_set_onednn(int32_t enabled)
{
    KT_BEGIN
    at::globalContext().setUserEnabledMkldnn(enabled != 0);
    KT_END
}

}  // extern "C"
