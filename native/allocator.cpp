// A CPU allocator that keeps what is given back, by size class, and hands it out again: a training step then faults no pages.
// LibTorch's own returns every large block to the system, which maps and clears it anew in the next step.
#include "internal.h"

#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <cstring>
#include <mutex>

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(_WIN32)
#include <malloc.h>
#endif

namespace {

constexpr size_t kHeader = 64;              // before every block: its class; keeps the data on a cache line of its own
constexpr size_t kSmallest = 4096;          // below this the system's own allocator is as good
constexpr size_t kMapped = size_t{1} << 20; // from here on blocks come from the system page by page, huge pages where it has them
constexpr int kSteps = 8;                   // classes between two powers of two: at most an eighth is wasted
constexpr int kClasses = kSteps * 40;

struct Header {
    int32_t size_class;  // -1: not kept
    size_t bytes;        // of the whole block, header included
};

// The class whose blocks hold `bytes`, and their size.
int32_t class_of(size_t bytes, size_t* rounded)
{
    int32_t exponent = 12;
    while ((size_t{2} << exponent) < bytes) exponent++;
    const size_t base = size_t{1} << exponent, step = base / kSteps;
    const size_t part = bytes <= base ? 0 : (bytes - base + step - 1) / step;
    *rounded = base + part * step;
    return static_cast<int32_t>((exponent - 12) * kSteps + part);
}

class Cache final : public at::Allocator {
public:
    // LibTorch declares allocate const or not by version; whichever it is, one of the two overrides it.
    at::DataPtr allocate(size_t count) const { return const_cast<Cache*>(this)->make(count); }
    at::DataPtr allocate(size_t count) { return make(count); }
    at::DeleterFnPtr raw_deleter() const override { return &Cache::release; }
    void copy_data(void* to, const void* from, size_t count) const { std::memcpy(to, from, count); }

    void trim(size_t keep)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        for (int32_t c = kClasses - 1; c >= 0 && cached_ > keep; c--)
            while (!free_[c].empty() && cached_ > keep) {
                auto* header = free_[c].back();
                free_[c].pop_back();
                cached_ -= header->bytes;
                give_back(header);
            }
    }

    void limit(size_t bytes)
    {
        {
            std::lock_guard<std::mutex> lock(mutex_);
            limit_ = bytes;
        }
        trim(bytes);
    }

    void statistics(int64_t* values)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        values[0] = static_cast<int64_t>(live_);
        values[1] = static_cast<int64_t>(cached_);
        values[2] = static_cast<int64_t>(peak_);
        values[3] = hits_;
        values[4] = misses_;
        values[5] = static_cast<int64_t>(limit_);
    }

    static Cache& instance()
    {
        static Cache* cache = new Cache();  // never destroyed: tensors may be freed while the process ends
        return *cache;
    }

private:
    at::DataPtr make(size_t count)
    {
        void* data = count == 0 ? nullptr : take(count + kHeader);
        return {data, data, &Cache::release, at::Device(at::DeviceType::CPU)};
    }

    void* take(size_t bytes)
    {
        if (bytes < kHeader) throw std::bad_alloc();
        Header* header = nullptr;
        size_t rounded = bytes;
        const int32_t size_class = bytes < kSmallest || bytes > (size_t{1} << 50) ? -1 : class_of(bytes, &rounded);
        if (size_class >= 0) {
            std::lock_guard<std::mutex> lock(mutex_);
            auto& blocks = free_[size_class];
            if (blocks.empty()) misses_++;
            else {
                hits_++;
                header = blocks.back();
                blocks.pop_back();
                cached_ -= header->bytes;
                live_ += header->bytes;
            }
        }

        if (header == nullptr) {
            header = static_cast<Header*>(from_system(rounded));
            header->size_class = size_class;
            header->bytes = rounded;
            if (size_class >= 0) {
                std::lock_guard<std::mutex> lock(mutex_);
                live_ += rounded;
                peak_ = std::max(peak_, live_ + cached_);
            }
        }

        return reinterpret_cast<char*>(header) + kHeader;
    }

    static void release(void* data)
    {
        if (data == nullptr) return;
        instance().put(reinterpret_cast<Header*>(static_cast<char*>(data) - kHeader));
    }

    void put(Header* header)
    {
        if (header->size_class >= 0) {
            std::lock_guard<std::mutex> lock(mutex_);
            live_ -= header->bytes;
            if (cached_ + header->bytes <= limit_) {
                cached_ += header->bytes;
                free_[header->size_class].push_back(header);
                return;
            }
        }
        give_back(header);
    }

    void* from_system(size_t bytes)
    {
        void* block = try_system(bytes);
        if (block != nullptr) return block;
        trim(0);
        block = try_system(bytes);
        if (block == nullptr) throw kt::OutOfMemory("the system has no " + std::to_string(bytes) + " bytes left");
        return block;
    }

    static void* try_system(size_t bytes)
    {
#if defined(__linux__)
        if (bytes >= kMapped) {
            void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            if (block == MAP_FAILED) return nullptr;
            madvise(block, bytes, MADV_HUGEPAGE);
            return block;
        }
#endif
#if defined(_WIN32)
        return _aligned_malloc(bytes, 64);
#else
        void* block = nullptr;
        return posix_memalign(&block, 64, bytes) == 0 ? block : nullptr;
#endif
    }

    static void give_back(Header* header)
    {
#if defined(__linux__)
        if (header->bytes >= kMapped) {
            munmap(header, header->bytes);
            return;
        }
#endif
#if defined(_WIN32)
        _aligned_free(header);
#else
        std::free(header);
#endif
    }

    std::mutex mutex_;
    std::vector<Header*> free_[kClasses];
    size_t live_ = 0, cached_ = 0, peak_ = 0, limit_ = size_t{4} << 30;
    int64_t hits_ = 0, misses_ = 0;
};

at::Allocator* stock = nullptr;

}  // namespace

extern "C" {

int32_t kt_memory_set_caching(int32_t enabled)
{
    KT_BEGIN
    if (stock == nullptr) stock = c10::GetCPUAllocator();
    c10::SetCPUAllocator(enabled != 0 ? &Cache::instance() : stock);
    if (enabled == 0) Cache::instance().trim(0);
    KT_END
}

int32_t kt_memory_limit(int64_t bytes)
{
    KT_BEGIN
    if (bytes < 0) throw kt::Invalid("the limit must not be negative");
    Cache::instance().limit(static_cast<size_t>(bytes));
    KT_END
}

int32_t kt_memory_trim(int64_t keep)
{
    KT_BEGIN
    if (keep < 0) throw kt::Invalid("the bytes to keep must not be negative");
    Cache::instance().trim(static_cast<size_t>(keep));
    KT_END
}

int32_t kt_memory_statistics(int64_t* values)
{
    KT_BEGIN
    Cache::instance().statistics(values);
    KT_END
}

}  // extern "C"
