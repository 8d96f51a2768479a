// A CPU allocator that keeps what is given back and hands it out again: a training step then faults no pages. LibTorch's own returns
// every large block to the system, which maps and clears it anew in the next step.
//
// One stretch of address space is reserved at the start (reserving costs nothing). Blocks are cut from its free ranges, the smallest
// that fits first; neighbours grow together again when they are freed. So different sizes share the same pages, and the memory held
// stays near the most that was in use at one time.
#include "internal.h"

#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr size_t kHeader = 64;      // before every block: its size; keeps the data on a cache line of its own
constexpr size_t kSmallest = 4096;  // below this the system's own allocator is as good
constexpr size_t kPage = 4096;
constexpr size_t kHuge = size_t{2} << 20;

struct Header {
    size_t bytes;  // of the whole block, header included; 0: from the system's own allocator
};

class Arena final : public at::Allocator {
public:
    // LibTorch declares allocate const or not by version; whichever it is, one of the two overrides it.
    at::DataPtr allocate(size_t count) const { return const_cast<Arena*>(this)->make(count); }
    at::DataPtr allocate(size_t count) { return make(count); }
    at::DeleterFnPtr raw_deleter() const override { return &Arena::release; }
    void copy_data(void* to, const void* from, size_t count) const { std::memcpy(to, from, count); }

    // False where the system grants no address space: then LibTorch's own allocator stays.
    bool is_usable() const { return begin_ != nullptr; }

    void limit(size_t bytes)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        limit_ = bytes;
        clean(bytes);
    }

    void trim(size_t keep)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        clean(keep);
    }

    void statistics(int64_t* values)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        const size_t numbers[] = {live_, kept_, peak_, reused_, fetched_, limit_};
        std::copy(std::begin(numbers), std::end(numbers), values);
    }

    static Arena& instance()
    {
        static Arena* arena = new Arena();  // never destroyed: tensors may be freed while the process ends
        return *arena;
    }

private:
    struct Range {
        size_t bytes;
        bool dirty;  // holds pages (at least some of them)
    };

    Arena()
    {
        const size_t physical = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
        for (size_t bytes = std::max(physical * 4, size_t{1} << 36); bytes >= physical / 2 && begin_ == nullptr; bytes /= 2) {
            void* start = mmap(nullptr, bytes + kHuge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            if (start == MAP_FAILED) continue;
            begin_ = reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(start) + kHuge - 1) / kHuge * kHuge);
#if defined(MADV_HUGEPAGE)
            madvise(begin_, bytes, MADV_HUGEPAGE);
#endif
            add(begin_, {bytes, false});
        }
        limit_ = std::max(physical / 4, size_t{1} << 30);
    }

    at::DataPtr make(size_t count)
    {
        void* data = count == 0 ? nullptr : take(count);
        return {data, data, &Arena::release, at::Device(at::DeviceType::CPU)};
    }

    void* take(size_t count)
    {
        if (count > (size_t{1} << 48)) throw no_memory(count);
        size_t bytes = count + kHeader;
        Header* header = nullptr;
        if (bytes < kSmallest) {
            void* block = nullptr;
            if (posix_memalign(&block, kHeader, bytes) != 0) throw no_memory(count);
            header = static_cast<Header*>(block);
            header->bytes = 0;
        }
        else {
            bytes = (bytes + kPage - 1) / kPage * kPage;
            header = reinterpret_cast<Header*>(cut(bytes));
            if (header == nullptr) throw no_memory(count);
            header->bytes = bytes;
        }
        return reinterpret_cast<char*>(header) + kHeader;
    }

    static kt::OutOfMemory no_memory(size_t count) { return kt::OutOfMemory("there is no memory for " + std::to_string(count) + " bytes"); }

    static void release(void* data)
    {
        if (data == nullptr) return;
        auto* header = reinterpret_cast<Header*>(static_cast<char*>(data) - kHeader);
        if (header->bytes == 0) std::free(header);
        else instance().put(reinterpret_cast<char*>(header), header->bytes);
    }

    // Takes a block from the smallest range that holds pages and fits, else from the untouched rest.
    char* cut(size_t bytes)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        for (const bool dirty : {true, false}) {
            auto& sizes = by_size_[dirty];
            const auto found = sizes.lower_bound({bytes, nullptr});
            if (found == sizes.end()) continue;
            char* start = found->second;
            const Range range = remove(start);
            if (range.bytes > bytes) add(start + bytes, {range.bytes - bytes, dirty});
            (dirty ? reused_ : fetched_)++;
            live_ += bytes;
            peak_ = std::max(peak_, live_ + kept_);
            return start;
        }
        return nullptr;
    }

    void put(char* start, size_t bytes)
    {
        std::lock_guard<std::mutex> lock(mutex_);
        live_ -= bytes;
        Range range{bytes, true};
        // Only ranges that hold pages grow together with this one, so that untouched space stays untouched.
        const auto next = ranges_.find(start + bytes);
        if (next != ranges_.end() && next->second.dirty) range.bytes += remove(next->first).bytes;
        auto previous = ranges_.lower_bound(start);
        if (previous != ranges_.begin()) {
            --previous;
            if (previous->second.dirty && previous->first + previous->second.bytes == start) {
                start = previous->first;
                range.bytes += remove(start).bytes;
            }
        }
        add(start, range);
        if (kept_ > limit_) clean(limit_);
    }

    // Gives the pages of free ranges back, the largest range first, until at most `keep` bytes hold some.
    void clean(size_t keep)
    {
        while (kept_ > keep) {
            char* start = std::prev(by_size_[true].end())->second;
            Range range = remove(start);
            madvise(start, range.bytes, MADV_DONTNEED);
            range.dirty = false;
            const auto next = ranges_.find(start + range.bytes);
            if (next != ranges_.end() && !next->second.dirty) range.bytes += remove(next->first).bytes;
            auto previous = ranges_.lower_bound(start);
            if (previous != ranges_.begin() && !(--previous)->second.dirty && previous->first + previous->second.bytes == start) {
                start = previous->first;
                range.bytes += remove(start).bytes;
            }
            add(start, range);
        }
    }

    void add(char* start, Range range)
    {
        ranges_.emplace(start, range);
        by_size_[range.dirty].emplace(range.bytes, start);
        if (range.dirty) kept_ += range.bytes;
    }

    Range remove(char* start)
    {
        const auto found = ranges_.find(start);
        const Range range = found->second;
        by_size_[range.dirty].erase({range.bytes, start});
        ranges_.erase(found);
        if (range.dirty) kept_ -= range.bytes;
        return range;
    }

    std::mutex mutex_;
    char* begin_ = nullptr;
    std::map<char*, Range> ranges_;                         // free ranges by address
    std::set<std::pair<size_t, char*>> by_size_[2];         // the same by size: untouched ones, and those that hold pages
    size_t live_ = 0, kept_ = 0, peak_ = 0, limit_ = 0, reused_ = 0, fetched_ = 0;
};

at::Allocator* stock = nullptr;

// oneDNN takes its working memory from malloc, which by default maps every large block anew as well. Kept, it stays in the heap.
void keep_heap(bool enabled)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_MAX, enabled ? 0 : 65536);
    mallopt(M_TRIM_THRESHOLD, enabled ? std::numeric_limits<int>::max() : 128 << 10);
    mallopt(M_TOP_PAD, enabled ? 16 << 20 : 128 << 10);
#else
    static_cast<void>(enabled);
#endif
}

void trim_heap()
{
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

}  // namespace

extern "C" {

int32_t kt_memory_set_caching(int32_t enabled)
{
    KT_BEGIN
    if (stock == nullptr) stock = c10::GetCPUAllocator();
    auto& arena = Arena::instance();
    c10::SetCPUAllocator(enabled != 0 && arena.is_usable() ? &arena : stock);
    keep_heap(enabled != 0);
    if (enabled == 0) {
        arena.trim(0);
        trim_heap();
    }
    KT_END
}

int32_t kt_memory_limit(int64_t bytes)
{
    KT_BEGIN
    if (bytes < 0) throw kt::Invalid("the limit must not be negative");
    Arena::instance().limit(static_cast<size_t>(bytes));
    KT_END
}

int32_t kt_memory_trim(int64_t keep)
{
    KT_BEGIN
    if (keep < 0) throw kt::Invalid("the bytes to keep must not be negative");
    Arena::instance().trim(static_cast<size_t>(keep));
    trim_heap();
    KT_END
}

int32_t kt_memory_statistics(int64_t* values)
{
    KT_BEGIN
    Arena::instance().statistics(values);
    KT_END
}

}  // extern "C"

#else  // Windows: LibTorch's own allocator stays

extern "C" {

int32_t kt_memory_set_caching(int32_t) { return KT_OK; }
int32_t kt_memory_limit(int64_t) { return KT_OK; }
int32_t kt_memory_trim(int64_t) { return KT_OK; }

int32_t kt_memory_statistics(int64_t* values)
{
    std::fill(values, values + 6, 0);
    return KT_OK;
}

}  // extern "C"

#endif
