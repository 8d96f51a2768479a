// Random generators that belong to their callers; nothing draws from LibTorch's global one.
#include "internal.h"

#include <cstring>
#include <mutex>

namespace {

at::Generator make(uint64_t seed, at::Device device)
{
    if (!device.is_cpu()) throw kt::Invalid("random generators are made on the CPU; " + device.str() + " has none here");
    return at::detail::createCPUGenerator(seed);
}

}  // namespace

extern "C" {

int32_t kt_generator_new(uint64_t seed, int32_t device_type, int32_t device_index, kt_generator* result)
{
    KT_BEGIN
    *result = reinterpret_cast<kt_generator>(new at::Generator(make(seed, kt::device(device_type, device_index))));
    kt::live_handles.fetch_add(1, std::memory_order_relaxed);
    KT_END
}

int32_t kt_generator_free(kt_generator generator)
{
    KT_BEGIN
    if (generator == nullptr) return KT_OK;
    delete reinterpret_cast<at::Generator*>(generator);
    kt::live_handles.fetch_sub(1, std::memory_order_relaxed);
    KT_END
}

int32_t kt_generator_seed(kt_generator generator, uint64_t seed)
{
    KT_BEGIN
    auto target = kt::in(generator);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_current_seed(seed);
    KT_END
}

int32_t kt_generator_get_state(kt_generator generator, uint8_t* buffer, int64_t* length)
{
    KT_BEGIN
    auto source = kt::in(generator);
    std::lock_guard<std::mutex> lock(source.mutex());
    const auto state = source.get_state();
    if (buffer != nullptr) {
        if (*length != state.numel()) throw kt::Invalid("the state has " + std::to_string(state.numel()) + " bytes");
        std::memcpy(buffer, state.data_ptr(), static_cast<size_t>(state.numel()));
    }
    *length = state.numel();
    KT_END
}

int32_t kt_generator_set_state(kt_generator generator, const uint8_t* state, int64_t length)
{
    KT_BEGIN
    auto target = kt::in(generator);
    std::lock_guard<std::mutex> lock(target.mutex());
    const auto expected = target.get_state().numel();
    if (length != expected)
        throw kt::Invalid("a generator's state has " + std::to_string(expected) + " bytes, not " + std::to_string(length));
    auto bytes = at::empty({length}, at::TensorOptions(at::kByte));
    std::memcpy(bytes.data_ptr(), state, static_cast<size_t>(length));
    target.set_state(bytes);
    KT_END
}

}  // extern "C"
