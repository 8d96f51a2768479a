// Tensors: making, describing, copying, gradients.
#include "internal.h"

#include <c10/core/GradMode.h>

#include <cstring>

namespace {

at::TensorOptions options(int32_t type, int32_t device_type, int32_t device_index)
{
    return at::TensorOptions(static_cast<at::ScalarType>(type)).device(kt::device(device_type, device_index));
}

void check_bytes(const at::Tensor& tensor, int64_t bytes)
{
    const auto expected = tensor.numel() * static_cast<int64_t>(tensor.element_size());
    if (bytes != expected)
        throw kt::Invalid("the tensor has " + std::to_string(expected) + " bytes, the memory " + std::to_string(bytes));
}

bool is_plain(const at::Tensor& tensor) { return tensor.device().is_cpu() && tensor.is_contiguous(); }

}  // namespace

namespace kt {

at::Tensor mean(const at::Tensor& self, at::IntArrayRef dims, bool keep_dims)
{
    if (!self.device().is_cpu() || (self.scalar_type() != at::kFloat && self.scalar_type() != at::kDouble)) return at::mean(self, dims, keep_dims);
    const auto sum = at::sum(self, dims, keep_dims);
    return sum.div(static_cast<double>(self.numel()) / static_cast<double>(std::max<int64_t>(sum.numel(), 1)));
}

}  // namespace kt

extern "C" {

int32_t kt_tensor_empty(const int64_t* sizes, int32_t rank, int32_t type, int32_t device_type, int32_t device_index, kt_tensor* result)
{
    KT_BEGIN
    kt::give(result, at::empty(kt::ints(sizes, rank), options(type, device_type, device_index)));
    KT_END
}

int32_t kt_tensor_view(void* data, const int64_t* sizes, int32_t rank, int32_t type, kt_tensor* result)
{
    KT_BEGIN
    if (data == nullptr) throw kt::Invalid("the memory is missing");
    kt::give(result, at::from_blob(data, kt::ints(sizes, rank), at::TensorOptions(static_cast<at::ScalarType>(type))));
    KT_END
}

int32_t kt_tensor_range(int64_t start, int64_t end, int32_t device_type, int32_t device_index, kt_tensor* result)
{
    KT_BEGIN
    kt::give(result, at::arange(start, end, options(static_cast<int32_t>(at::kLong), device_type, device_index)));
    KT_END
}

int32_t kt_tensor_zeros_like(kt_tensor tensor, kt_tensor* result)
{
    KT_BEGIN
    c10::AutoGradMode off(false);
    kt::give(result, at::zeros_like(kt::in(tensor), at::TensorOptions(), at::MemoryFormat::Preserve));
    KT_END
}

int32_t kt_tensor_alias(kt_tensor tensor, kt_tensor* result)
{
    KT_BEGIN
    kt::give(result, kt::in(tensor));
    KT_END
}

int32_t kt_tensors_free(const kt_tensor* tensors, int32_t count)
{
    KT_BEGIN
    for (int32_t i = 0; i < count; i++) {
        if (tensors[i] == nullptr) continue;
        delete reinterpret_cast<at::Tensor*>(tensors[i]);
        kt::live_handles.fetch_sub(1, std::memory_order_relaxed);
    }
    KT_END
}

int32_t kt_tensor_describe(kt_tensor tensor, kt_description* description)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    if (self.dim() > KT_MAX_RANK) throw kt::Invalid("a tensor of " + std::to_string(self.dim()) + " dimensions; at most 8 are supported");
    description->type = static_cast<int32_t>(self.scalar_type());
    description->device_type = static_cast<int32_t>(self.device().type());
    description->device_index = self.device().index();
    description->rank = static_cast<int32_t>(self.dim());
    description->requires_grad = self.requires_grad() ? 1 : 0;
    description->is_leaf = self.is_leaf() ? 1 : 0;
    description->is_contiguous = self.is_contiguous() ? 1 : 0;
    description->is_channels_last = self.is_contiguous(at::MemoryFormat::ChannelsLast) ? 1 : 0;
    for (int32_t i = 0; i < description->rank; i++) {
        description->sizes[i] = self.size(i);
        description->strides[i] = self.stride(i);
    }
    KT_END
}

int32_t kt_tensor_read(kt_tensor tensor, void* data, int64_t bytes)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    check_bytes(self, bytes);
    if (bytes == 0) return KT_OK;
    c10::AutoGradMode off(false);
    if (is_plain(self)) std::memcpy(data, self.data_ptr(), bytes);
    else at::from_blob(data, self.sizes(), at::TensorOptions(self.scalar_type())).copy_(self);
    KT_END
}

int32_t kt_tensor_write(kt_tensor tensor, const void* data, int64_t bytes)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    check_bytes(self, bytes);
    if (bytes == 0) return KT_OK;
    c10::AutoGradMode off(false);
    if (is_plain(self)) std::memcpy(self.data_ptr(), data, bytes);
    else self.copy_(at::from_blob(const_cast<void*>(data), self.sizes(), at::TensorOptions(self.scalar_type())));
    KT_END
}

int32_t kt_tensor_item(kt_tensor tensor, double* value)
{
    KT_BEGIN
    *value = kt::in(tensor).item().toDouble();
    KT_END
}

int32_t kt_tensor_data(kt_tensor tensor, void** data)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    if (!self.device().is_cpu()) throw kt::Invalid("the memory of a tensor on another device has no address here");
    *data = self.data_ptr();
    KT_END
}

int32_t kt_tensor_to_device(kt_tensor tensor, int32_t device_type, int32_t device_index, int32_t non_blocking, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    const auto target = kt::device(device_type, device_index);
    // Memory the graphics processor can read by itself: the program goes on while it is copied.
    const bool pin = non_blocking != 0 && target.is_cuda() && self.is_cpu() && !self.is_pinned();
    kt::give(result, (pin ? self.pin_memory() : self).to(target, self.scalar_type(), non_blocking != 0));
    KT_END
}

int32_t kt_tensor_set_requires_grad(kt_tensor tensor, int32_t requires_grad)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(tensor);
    if (requires_grad != 0 && !at::isFloatingType(self.scalar_type()))
        throw kt::Invalid("only floating-point tensors can have gradients");
    self.set_requires_grad(requires_grad != 0);
    KT_END
}

int32_t kt_tensor_set_data(kt_tensor tensor, kt_tensor data)
{
    KT_BEGIN
    kt::in(tensor).set_data(kt::in(data));
    KT_END
}

int32_t kt_tensor_backward(kt_tensor tensor, kt_tensor gradient, int32_t keep_graph)
{
    KT_BEGIN
    kt::in(tensor)._backward({}, kt::optional(gradient), keep_graph != 0, false);
    KT_END
}

int32_t kt_tensor_grad(kt_tensor tensor, kt_tensor known, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& grad = kt::in(tensor).grad();
    if (!grad.defined()) *result = nullptr;
    else if (known != nullptr && kt::in(known).is_same(grad)) *result = known;
    else kt::give(result, grad);
    KT_END
}

int32_t kt_tensor_set_grad(kt_tensor tensor, kt_tensor grad)
{
    KT_BEGIN
    kt::in(tensor).mutable_grad() = grad == nullptr ? at::Tensor() : kt::in(grad);
    KT_END
}

}  // extern "C"
