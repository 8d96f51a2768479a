// Processes that train together, over LibTorch's own c10d with Gloo. Compiled to refusals where Gloo's headers are not installed.
#include "internal.h"

#ifdef KT_GLOO
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#endif

#ifdef KT_GLOO
namespace {

struct Group {
    c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

Group& in_group(kt_group handle)
{
    if (handle == nullptr) throw kt::Invalid("a process group is missing");
    return *reinterpret_cast<Group*>(handle);
}

void sum(Group& group, at::Tensor& flat)
{
    std::vector<at::Tensor> tensors{flat};
    group.gloo->allreduce(tensors)->wait();
}

// Buckets of at most this many floats, so that no second copy of a large network stands in memory.
constexpr int64_t kBucket = 1 << 20;

}  // namespace

void kt::sum_over(kt_group group, at::Tensor& tensor) { sum(in_group(group), tensor); }

extern "C" {

int32_t kt_group_join(const char* host, int32_t port, int32_t rank, int32_t size, int32_t timeout_ms, kt_group* result)
{
    KT_BEGIN
    const auto timeout = std::chrono::milliseconds(timeout_ms);
    c10d::TCPStoreOptions store_options;
    store_options.port = static_cast<std::uint16_t>(port);
    store_options.isServer = rank == 0;
    store_options.numWorkers = static_cast<std::size_t>(size);
    store_options.timeout = timeout;
    auto store = c10::make_intrusive<c10d::TCPStore>(host, store_options);
    auto options = c10d::ProcessGroupGloo::Options::create(timeout);
    const std::string name(host);
    options->devices.push_back(name == "127.0.0.1" || name == "localhost"
                                   ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                                   : c10d::ProcessGroupGloo::createDefaultDevice());
    options->threads = 2;
    auto group = std::make_unique<Group>();
    group->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
    *result = reinterpret_cast<kt_group>(group.release());
    kt::live_handles.fetch_add(1, std::memory_order_relaxed);
    KT_END
}

int32_t kt_group_leave(kt_group group)
{
    KT_BEGIN
    if (group == nullptr) return KT_OK;
    delete reinterpret_cast<Group*>(group);
    kt::live_handles.fetch_sub(1, std::memory_order_relaxed);
    KT_END
}

int32_t kt_group_sum_gradients(kt_group group, const kt_tensor* parameters, int32_t count)
{
    KT_BEGIN
    at::NoGradGuard guard;
    auto& target = in_group(group);
    std::vector<at::Tensor> bucket;
    int64_t length = 0;
    const auto flush = [&] {
        if (bucket.empty()) return;
        std::vector<at::Tensor> parts;
        for (const auto& gradient : bucket) parts.push_back(gradient.reshape(-1));
        auto flat = at::cat(parts).to(at::kCPU);
        sum(target, flat);
        int64_t at = 0;
        for (auto& gradient : bucket) {
            gradient.copy_(flat.narrow(0, at, gradient.numel()).view(gradient.sizes()));
            at += gradient.numel();
        }
        bucket.clear();
        length = 0;
    };
    for (int32_t i = 0; i < count; i++) {
        auto gradient = kt::in(parameters[i]).grad();
        if (!gradient.defined()) continue;
        bucket.push_back(gradient);
        length += gradient.numel();
        if (length >= kBucket) flush();
    }
    flush();
    KT_END
}

int32_t kt_group_sum(kt_group group, double* values, int32_t count)
{
    KT_BEGIN
    auto flat = at::empty({count}, at::kDouble);
    std::memcpy(flat.data_ptr<double>(), values, sizeof(double) * count);
    sum(in_group(group), flat);
    std::memcpy(values, flat.data_ptr<double>(), sizeof(double) * count);
    KT_END
}

int32_t kt_group_broadcast(kt_group group, const kt_tensor* tensors, int32_t count)
{
    KT_BEGIN
    at::NoGradGuard guard;
    for (int32_t i = 0; i < count; i++) {
        auto tensor = kt::in(tensors[i]);
        std::vector<at::Tensor> copy{tensor.detach().contiguous().to(at::kCPU)};
        in_group(group).gloo->broadcast(copy)->wait();
        tensor.copy_(copy[0]);
    }
    KT_END
}

}
#else
namespace {

[[noreturn]] void refuse() { throw kt::Invalid("this build has no Gloo: install Debian's libgloo-dev and build again"); }

}  // namespace

void kt::sum_over(kt_group, at::Tensor&) { refuse(); }

extern "C" {

int32_t kt_group_join(const char*, int32_t, int32_t, int32_t, int32_t, kt_group*)
{
    KT_BEGIN
    refuse();
    KT_END
}

int32_t kt_group_leave(kt_group) { return KT_OK; }

int32_t kt_group_sum_gradients(kt_group, const kt_tensor*, int32_t)
{
    KT_BEGIN
    refuse();
    KT_END
}

int32_t kt_group_sum(kt_group, double*, int32_t)
{
    KT_BEGIN
    refuse();
    KT_END
}

int32_t kt_group_broadcast(kt_group, const kt_tensor*, int32_t)
{
    KT_BEGIN
    refuse();
    KT_END
}

}
#endif
