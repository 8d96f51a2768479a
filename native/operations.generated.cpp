// Written by native/generator from native/operations.yaml. Change the table, not this file.

#include "internal.h"

int32_t kt_relu(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::relu(self));
    KT_END
}

int32_t kt_relu_inplace(kt_tensor self_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    self.relu_();
    KT_END
}

int32_t kt_sigmoid(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::sigmoid(self));
    KT_END
}

int32_t kt_tanh(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::tanh(self));
    KT_END
}

int32_t kt_exp(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::exp(self));
    KT_END
}

int32_t kt_log(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::log(self));
    KT_END
}

int32_t kt_log1p(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::log1p(self));
    KT_END
}

int32_t kt_sqrt(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::sqrt(self));
    KT_END
}

int32_t kt_rsqrt(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::rsqrt(self));
    KT_END
}

int32_t kt_square(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::square(self));
    KT_END
}

int32_t kt_abs(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::abs(self));
    KT_END
}

int32_t kt_neg(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::neg(self));
    KT_END
}

int32_t kt_sign(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::sign(self));
    KT_END
}

int32_t kt_reciprocal(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::reciprocal(self));
    KT_END
}

int32_t kt_sin(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::sin(self));
    KT_END
}

int32_t kt_cos(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::cos(self));
    KT_END
}

int32_t kt_erf(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::erf(self));
    KT_END
}

int32_t kt_floor(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::floor(self));
    KT_END
}

int32_t kt_ceil(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::ceil(self));
    KT_END
}

int32_t kt_round(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::round(self));
    KT_END
}

int32_t kt_leaky_relu(kt_tensor self_, double negative_slope_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar negative_slope = kt::scalar(negative_slope_);
    kt::give(result, at::leaky_relu(self, negative_slope));
    KT_END
}

int32_t kt_elu(kt_tensor self_, double alpha_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar alpha = kt::scalar(alpha_);
    kt::give(result, at::elu(self, alpha));
    KT_END
}

int32_t kt_gelu(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::gelu(self));
    KT_END
}

int32_t kt_silu(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::silu(self));
    KT_END
}

int32_t kt_softplus(kt_tensor self_, double beta_, double threshold_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar beta = kt::scalar(beta_);
    const at::Scalar threshold = kt::scalar(threshold_);
    kt::give(result, at::softplus(self, beta, threshold));
    KT_END
}

int32_t kt_hardtanh(kt_tensor self_, double min_val_, double max_val_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar min_val = kt::scalar(min_val_);
    const at::Scalar max_val = kt::scalar(max_val_);
    kt::give(result, at::hardtanh(self, min_val, max_val));
    KT_END
}

int32_t kt_clamp(kt_tensor self_, double min_, int32_t min_given, double max_, int32_t max_given, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto min = kt::given(min_, min_given);
    const auto max = kt::given(max_, max_given);
    kt::give(result, at::clamp(self, kt::optional_scalar(min), kt::optional_scalar(max)));
    KT_END
}

int32_t kt_softmax(kt_tensor self_, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::softmax(self, dim));
    KT_END
}

int32_t kt_log_softmax(kt_tensor self_, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::log_softmax(self, dim));
    KT_END
}

int32_t kt_to_dtype(kt_tensor self_, int32_t dtype_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto dtype = static_cast<at::ScalarType>(dtype_);
    kt::give(result, self.to(dtype));
    KT_END
}

int32_t kt_nan_to_num(kt_tensor self_, double nan_, int32_t nan_given, double posinf_, int32_t posinf_given, double neginf_, int32_t neginf_given, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto nan = kt::given(nan_, nan_given);
    const auto posinf = kt::given(posinf_, posinf_given);
    const auto neginf = kt::given(neginf_, neginf_given);
    kt::give(result, at::nan_to_num(self, nan, posinf, neginf));
    KT_END
}

int32_t kt_isfinite(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::isfinite(self));
    KT_END
}

int32_t kt_add_tensor(kt_tensor self_, kt_tensor other_, double alpha_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    const at::Scalar alpha = kt::scalar(alpha_);
    kt::give(result, at::add(self, other, alpha));
    KT_END
}

int32_t kt_add_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::add(self, other));
    KT_END
}

int32_t kt_add_inplace_tensor(kt_tensor self_, kt_tensor other_, double alpha_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    const at::Scalar alpha = kt::scalar(alpha_);
    self.add_(other, alpha);
    KT_END
}

int32_t kt_add_inplace_scalar(kt_tensor self_, double other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    self.add_(other);
    KT_END
}

int32_t kt_sub_tensor(kt_tensor self_, kt_tensor other_, double alpha_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    const at::Scalar alpha = kt::scalar(alpha_);
    kt::give(result, at::sub(self, other, alpha));
    KT_END
}

int32_t kt_sub_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::sub(self, other));
    KT_END
}

int32_t kt_sub_inplace_tensor(kt_tensor self_, kt_tensor other_, double alpha_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    const at::Scalar alpha = kt::scalar(alpha_);
    self.sub_(other, alpha);
    KT_END
}

int32_t kt_sub_inplace_scalar(kt_tensor self_, double other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    self.sub_(other);
    KT_END
}

int32_t kt_mul_tensor(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::mul(self, other));
    KT_END
}

int32_t kt_mul_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::mul(self, other));
    KT_END
}

int32_t kt_mul_inplace_tensor(kt_tensor self_, kt_tensor other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    self.mul_(other);
    KT_END
}

int32_t kt_mul_inplace_scalar(kt_tensor self_, double other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    self.mul_(other);
    KT_END
}

int32_t kt_div_tensor(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::div(self, other));
    KT_END
}

int32_t kt_div_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::div(self, other));
    KT_END
}

int32_t kt_div_inplace_tensor(kt_tensor self_, kt_tensor other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    self.div_(other);
    KT_END
}

int32_t kt_div_inplace_scalar(kt_tensor self_, double other_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    self.div_(other);
    KT_END
}

int32_t kt_rsub_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::rsub(self, other));
    KT_END
}

int32_t kt_pow_scalar(kt_tensor self_, double exponent_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar exponent = kt::scalar(exponent_);
    kt::give(result, at::pow(self, exponent));
    KT_END
}

int32_t kt_maximum(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::maximum(self, other));
    KT_END
}

int32_t kt_minimum(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::minimum(self, other));
    KT_END
}

int32_t kt_lerp_scalar(kt_tensor self_, kt_tensor end_, double weight_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& end = kt::in(end_);
    const at::Scalar weight = kt::scalar(weight_);
    kt::give(result, at::lerp(self, end, weight));
    KT_END
}

int32_t kt_lerp_inplace_scalar(kt_tensor self_, kt_tensor end_, double weight_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& end = kt::in(end_);
    const at::Scalar weight = kt::scalar(weight_);
    self.lerp_(end, weight);
    KT_END
}

int32_t kt_matmul(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::matmul(self, other));
    KT_END
}

int32_t kt_eq_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::eq(self, other));
    KT_END
}

int32_t kt_eq_tensor(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::eq(self, other));
    KT_END
}

int32_t kt_lt_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::lt(self, other));
    KT_END
}

int32_t kt_gt_scalar(kt_tensor self_, double other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar other = kt::scalar(other_);
    kt::give(result, at::gt(self, other));
    KT_END
}

int32_t kt_lt_tensor(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::lt(self, other));
    KT_END
}

int32_t kt_gt_tensor(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::gt(self, other));
    KT_END
}

int32_t kt_logical_and(kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::logical_and(self, other));
    KT_END
}

int32_t kt_logical_not(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::logical_not(self));
    KT_END
}

int32_t kt_where(kt_tensor condition_, kt_tensor self_, kt_tensor other_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& condition = kt::in(condition_);
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& other = kt::in(other_);
    kt::give(result, at::where(condition, self, other));
    KT_END
}

int32_t kt_masked_fill_scalar(kt_tensor self_, kt_tensor mask_, double value_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& mask = kt::in(mask_);
    const at::Scalar value = kt::scalar(value_);
    kt::give(result, at::masked_fill(self, mask, value));
    KT_END
}

int32_t kt_zero_inplace(kt_tensor self_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    self.zero_();
    KT_END
}

int32_t kt_fill_inplace(kt_tensor self_, double value_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Scalar value = kt::scalar(value_);
    self.fill_(value);
    KT_END
}

int32_t kt_copy_inplace(kt_tensor self_, kt_tensor src_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& src = kt::in(src_);
    self.copy_(src);
    KT_END
}

int32_t kt_uniform_inplace(kt_tensor self_, double from, double to, kt_generator generator_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto generator = kt::in(generator_);
    self.uniform_(from, to, generator);
    KT_END
}

int32_t kt_normal_inplace(kt_tensor self_, double mean, double std, kt_generator generator_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto generator = kt::in(generator_);
    self.normal_(mean, std, generator);
    KT_END
}

int32_t kt_bernoulli_inplace(kt_tensor self_, double p, kt_generator generator_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto generator = kt::in(generator_);
    self.bernoulli_(p, generator);
    KT_END
}

int32_t kt_randint_inplace(kt_tensor self_, int64_t from, int64_t to, kt_generator generator_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto generator = kt::in(generator_);
    self.random_(from, to, generator);
    KT_END
}

int32_t kt_sum(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::sum(self));
    KT_END
}

int32_t kt_sum_dim_intlist(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, self.sum(at::OptionalIntArrayRef(dim), keepdim));
    KT_END
}

int32_t kt_mean(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::mean(self));
    KT_END
}

int32_t kt_mean_dim(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, kt::mean(self, dim, keepdim));
    KT_END
}

int32_t kt_var_dim(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t unbiased_, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool unbiased = unbiased_ != 0;
    const bool keepdim = keepdim_ != 0;
    kt::give(result, self.var(at::OptionalIntArrayRef(dim), unbiased, keepdim));
    KT_END
}

int32_t kt_std_dim(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t unbiased_, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool unbiased = unbiased_ != 0;
    const bool keepdim = keepdim_ != 0;
    kt::give(result, self.std(at::OptionalIntArrayRef(dim), unbiased, keepdim));
    KT_END
}

int32_t kt_norm(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.norm());
    KT_END
}

int32_t kt_norm_dim(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, self.norm(at::Scalar(2), dim, keepdim));
    KT_END
}

int32_t kt_max(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::max(self));
    KT_END
}

int32_t kt_min(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::min(self));
    KT_END
}

int32_t kt_amax(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, at::amax(self, dim, keepdim));
    KT_END
}

int32_t kt_amin(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, at::amin(self, dim, keepdim));
    KT_END
}

int32_t kt_max_dim(kt_tensor self_, int64_t dim, int32_t keepdim_, kt_tensor* values, kt_tensor* indices)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const bool keepdim = keepdim_ != 0;
    auto results = at::max(self, dim, keepdim);
    kt::give(values, std::move(std::get<0>(results)));
    kt::give(indices, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_argmax(kt_tensor self_, int64_t dim, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, at::argmax(self, dim, keepdim));
    KT_END
}

int32_t kt_argmin(kt_tensor self_, int64_t dim, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, at::argmin(self, dim, keepdim));
    KT_END
}

int32_t kt_logsumexp(kt_tensor self_, const int64_t* dim_, int32_t dim_count, int32_t keepdim_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dim = kt::ints(dim_, dim_count);
    const bool keepdim = keepdim_ != 0;
    kt::give(result, at::logsumexp(self, dim, keepdim));
    KT_END
}

int32_t kt_cumsum(kt_tensor self_, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::cumsum(self, dim));
    KT_END
}

int32_t kt_all(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::all(self));
    KT_END
}

int32_t kt_any(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::any(self));
    KT_END
}

int32_t kt_topk(kt_tensor self_, int64_t k, int64_t dim, int32_t largest_, kt_tensor* values, kt_tensor* indices)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const bool largest = largest_ != 0;
    auto results = self.topk(k, dim, largest, true);
    kt::give(values, std::move(std::get<0>(results)));
    kt::give(indices, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_sort(kt_tensor self_, int64_t dim, int32_t descending_, kt_tensor* values, kt_tensor* indices)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const bool descending = descending_ != 0;
    auto results = at::sort(self, dim, descending);
    kt::give(values, std::move(std::get<0>(results)));
    kt::give(indices, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_reshape(kt_tensor self_, const int64_t* shape_, int32_t shape_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef shape = kt::ints(shape_, shape_count);
    kt::give(result, at::reshape(self, shape));
    KT_END
}

int32_t kt_view(kt_tensor self_, const int64_t* size_, int32_t size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef size = kt::ints(size_, size_count);
    kt::give(result, self.view(size));
    KT_END
}

int32_t kt_flatten(kt_tensor self_, int64_t start_dim, int64_t end_dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::flatten(self, start_dim, end_dim));
    KT_END
}

int32_t kt_transpose(kt_tensor self_, int64_t dim0, int64_t dim1, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.transpose(dim0, dim1));
    KT_END
}

int32_t kt_permute(kt_tensor self_, const int64_t* dims_, int32_t dims_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dims = kt::ints(dims_, dims_count);
    kt::give(result, at::permute(self, dims));
    KT_END
}

int32_t kt_unsqueeze(kt_tensor self_, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::unsqueeze(self, dim));
    KT_END
}

int32_t kt_squeeze(kt_tensor self_, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::squeeze(self, dim));
    KT_END
}

int32_t kt_narrow(kt_tensor self_, int64_t dim, int64_t start, int64_t length, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.narrow(dim, start, length));
    KT_END
}

int32_t kt_select(kt_tensor self_, int64_t dim, int64_t index, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.select(dim, index));
    KT_END
}

int32_t kt_slice(kt_tensor self_, int64_t dim, int64_t start, int64_t end, int64_t step, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.slice(dim, start, end, step));
    KT_END
}

int32_t kt_expand(kt_tensor self_, const int64_t* size_, int32_t size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef size = kt::ints(size_, size_count);
    kt::give(result, self.expand(size));
    KT_END
}

int32_t kt_repeat(kt_tensor self_, const int64_t* repeats_, int32_t repeats_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef repeats = kt::ints(repeats_, repeats_count);
    kt::give(result, self.repeat(repeats));
    KT_END
}

int32_t kt_flip(kt_tensor self_, const int64_t* dims_, int32_t dims_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef dims = kt::ints(dims_, dims_count);
    kt::give(result, at::flip(self, dims));
    KT_END
}

int32_t kt_roll(kt_tensor self_, const int64_t* shifts_, int32_t shifts_count, const int64_t* dims_, int32_t dims_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef shifts = kt::ints(shifts_, shifts_count);
    const at::IntArrayRef dims = kt::ints(dims_, dims_count);
    kt::give(result, at::roll(self, shifts, dims));
    KT_END
}

int32_t kt_unfold(kt_tensor self_, int64_t dimension, int64_t size, int64_t step, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.unfold(dimension, size, step));
    KT_END
}

int32_t kt_contiguous(kt_tensor self_, int32_t memory_format_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const auto memory_format = static_cast<at::MemoryFormat>(memory_format_);
    kt::give(result, self.contiguous(memory_format));
    KT_END
}

int32_t kt_detach(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::detach(self));
    KT_END
}

int32_t kt_clone(kt_tensor self_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, self.clone());
    KT_END
}

int32_t kt_index_select(kt_tensor self_, int64_t dim, kt_tensor index_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& index = kt::in(index_);
    kt::give(result, at::index_select(self, dim, index));
    KT_END
}

int32_t kt_gather(kt_tensor self_, int64_t dim, kt_tensor index_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& index = kt::in(index_);
    kt::give(result, self.gather(dim, index));
    KT_END
}

int32_t kt_index_copy_inplace(kt_tensor self_, int64_t dim, kt_tensor index_, kt_tensor source_)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& index = kt::in(index_);
    const at::Tensor& source = kt::in(source_);
    self.index_copy_(dim, index, source);
    KT_END
}

int32_t kt_constant_pad_nd(kt_tensor self_, const int64_t* pad_, int32_t pad_count, double value_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef pad = kt::ints(pad_, pad_count);
    const at::Scalar value = kt::scalar(value_);
    kt::give(result, at::constant_pad_nd(self, pad, value));
    KT_END
}

int32_t kt_tril(kt_tensor self_, int64_t diagonal, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::tril(self, diagonal));
    KT_END
}

int32_t kt_triu(kt_tensor self_, int64_t diagonal, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::triu(self, diagonal));
    KT_END
}

int32_t kt_cat(const kt_tensor* tensors_, int32_t tensors_count, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const auto tensors = kt::list(tensors_, tensors_count);
    kt::give(result, at::cat(tensors, dim));
    KT_END
}

int32_t kt_stack(const kt_tensor* tensors_, int32_t tensors_count, int64_t dim, kt_tensor* result)
{
    KT_BEGIN
    const auto tensors = kt::list(tensors_, tensors_count);
    kt::give(result, at::stack(tensors, dim));
    KT_END
}

int32_t kt_one_hot(kt_tensor self_, int64_t num_classes, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    kt::give(result, at::one_hot(self, num_classes));
    KT_END
}

int32_t kt_linear(kt_tensor input_, kt_tensor weight_, kt_tensor bias_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& weight = kt::in(weight_);
    const auto bias = kt::optional(bias_);
    kt::give(result, at::linear(input, weight, bias));
    KT_END
}

int32_t kt_conv1d(kt_tensor input_, kt_tensor weight_, kt_tensor bias_, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, const int64_t* dilation_, int32_t dilation_count, int64_t groups, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& weight = kt::in(weight_);
    const auto bias = kt::optional(bias_);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const at::IntArrayRef dilation = kt::ints(dilation_, dilation_count);
    kt::give(result, at::conv1d(input, weight, bias, stride, padding, dilation, groups));
    KT_END
}

int32_t kt_conv2d(kt_tensor input_, kt_tensor weight_, kt_tensor bias_, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, const int64_t* dilation_, int32_t dilation_count, int64_t groups, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& weight = kt::in(weight_);
    const auto bias = kt::optional(bias_);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const at::IntArrayRef dilation = kt::ints(dilation_, dilation_count);
    kt::give(result, at::conv2d(input, weight, bias, stride, padding, dilation, groups));
    KT_END
}

int32_t kt_batch_norm(kt_tensor input_, kt_tensor weight_, kt_tensor bias_, kt_tensor running_mean_, kt_tensor running_var_, int32_t training_, double momentum, double eps, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const auto weight = kt::optional(weight_);
    const auto bias = kt::optional(bias_);
    const auto running_mean = kt::optional(running_mean_);
    const auto running_var = kt::optional(running_var_);
    const bool training = training_ != 0;
    kt::give(result, kt::batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps));
    KT_END
}

int32_t kt_layer_norm(kt_tensor input_, const int64_t* normalized_shape_, int32_t normalized_shape_count, kt_tensor weight_, kt_tensor bias_, double eps, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::IntArrayRef normalized_shape = kt::ints(normalized_shape_, normalized_shape_count);
    const auto weight = kt::optional(weight_);
    const auto bias = kt::optional(bias_);
    kt::give(result, at::layer_norm(input, normalized_shape, weight, bias, eps));
    KT_END
}

int32_t kt_embedding(kt_tensor weight_, kt_tensor indices_, int64_t padding_idx, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& weight = kt::in(weight_);
    const at::Tensor& indices = kt::in(indices_);
    kt::give(result, at::embedding(weight, indices, padding_idx));
    KT_END
}

int32_t kt_max_pool1d(kt_tensor self_, const int64_t* kernel_size_, int32_t kernel_size_count, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, const int64_t* dilation_, int32_t dilation_count, int32_t ceil_mode_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef kernel_size = kt::ints(kernel_size_, kernel_size_count);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const at::IntArrayRef dilation = kt::ints(dilation_, dilation_count);
    const bool ceil_mode = ceil_mode_ != 0;
    kt::give(result, at::max_pool1d(self, kernel_size, stride, padding, dilation, ceil_mode));
    KT_END
}

int32_t kt_convolution_block(kt_tensor input_, kt_tensor weight_, kt_tensor bias_, kt_tensor norm_weight_, kt_tensor norm_bias_, kt_tensor mean_, kt_tensor variance_, int32_t training_, double momentum, double eps, int32_t relu_, const int64_t* padding_, int32_t padding_count, const int64_t* pool_, int32_t pool_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& weight = kt::in(weight_);
    const auto bias = kt::optional(bias_);
    const auto norm_weight = kt::optional(norm_weight_);
    const auto norm_bias = kt::optional(norm_bias_);
    const auto mean = kt::optional(mean_);
    const auto variance = kt::optional(variance_);
    const bool training = training_ != 0;
    const bool relu = relu_ != 0;
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const at::IntArrayRef pool = kt::ints(pool_, pool_count);
    kt::give(result, kt::convolution_block(input, weight, bias, norm_weight, norm_bias, mean, variance, {training, momentum, eps, relu, padding, pool}));
    KT_END
}

int32_t kt_max_pool2d(kt_tensor self_, const int64_t* kernel_size_, int32_t kernel_size_count, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, const int64_t* dilation_, int32_t dilation_count, int32_t ceil_mode_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef kernel_size = kt::ints(kernel_size_, kernel_size_count);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const at::IntArrayRef dilation = kt::ints(dilation_, dilation_count);
    const bool ceil_mode = ceil_mode_ != 0;
    kt::give(result, at::max_pool2d(self, kernel_size, stride, padding, dilation, ceil_mode));
    KT_END
}

int32_t kt_avg_pool1d(kt_tensor self_, const int64_t* kernel_size_, int32_t kernel_size_count, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, int32_t ceil_mode_, int32_t count_include_pad_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef kernel_size = kt::ints(kernel_size_, kernel_size_count);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const bool ceil_mode = ceil_mode_ != 0;
    const bool count_include_pad = count_include_pad_ != 0;
    kt::give(result, at::avg_pool1d(self, kernel_size, stride, padding, ceil_mode, count_include_pad));
    KT_END
}

int32_t kt_avg_pool2d(kt_tensor self_, const int64_t* kernel_size_, int32_t kernel_size_count, const int64_t* stride_, int32_t stride_count, const int64_t* padding_, int32_t padding_count, int32_t ceil_mode_, int32_t count_include_pad_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef kernel_size = kt::ints(kernel_size_, kernel_size_count);
    const at::IntArrayRef stride = kt::ints(stride_, stride_count);
    const at::IntArrayRef padding = kt::ints(padding_, padding_count);
    const bool ceil_mode = ceil_mode_ != 0;
    const bool count_include_pad = count_include_pad_ != 0;
    kt::give(result, at::avg_pool2d(self, kernel_size, stride, padding, ceil_mode, count_include_pad));
    KT_END
}

int32_t kt_adaptive_avg_pool1d(kt_tensor self_, const int64_t* output_size_, int32_t output_size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef output_size = kt::ints(output_size_, output_size_count);
    kt::give(result, at::adaptive_avg_pool1d(self, output_size));
    KT_END
}

int32_t kt_adaptive_avg_pool2d(kt_tensor self_, const int64_t* output_size_, int32_t output_size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef output_size = kt::ints(output_size_, output_size_count);
    kt::give(result, output_size == at::IntArrayRef({1, 1}) && self.dim() == 4 ? kt::mean(self, {2, 3}, true) : at::adaptive_avg_pool2d(self, output_size));
    KT_END
}

int32_t kt_adaptive_max_pool1d(kt_tensor self_, const int64_t* output_size_, int32_t output_size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef output_size = kt::ints(output_size_, output_size_count);
    kt::give(result, std::get<0>(at::adaptive_max_pool1d(self, output_size)));
    KT_END
}

int32_t kt_adaptive_max_pool2d(kt_tensor self_, const int64_t* output_size_, int32_t output_size_count, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::IntArrayRef output_size = kt::ints(output_size_, output_size_count);
    kt::give(result, std::get<0>(at::adaptive_max_pool2d(self, output_size)));
    KT_END
}

int32_t kt_dropout(kt_tensor input_, double p, kt_generator generator_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const auto generator = kt::in(generator_);
    kt::give(result, kt::dropout(input, p, generator));
    KT_END
}

int32_t kt_rnn_tanh(kt_tensor input_, kt_tensor hx_, const kt_tensor* params_, int32_t params_count, int32_t has_biases_, int64_t num_layers, int32_t bidirectional_, int32_t batch_first_, kt_tensor* output, kt_tensor* hidden)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& hx = kt::in(hx_);
    const auto params = kt::list(params_, params_count);
    const bool has_biases = has_biases_ != 0;
    const bool bidirectional = bidirectional_ != 0;
    const bool batch_first = batch_first_ != 0;
    auto results = kt::recurrent(kt::Cell::tanh, input, {hx}, params, has_biases, num_layers, bidirectional, batch_first);
    kt::give(output, std::move(std::get<0>(results)));
    kt::give(hidden, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_rnn_relu(kt_tensor input_, kt_tensor hx_, const kt_tensor* params_, int32_t params_count, int32_t has_biases_, int64_t num_layers, int32_t bidirectional_, int32_t batch_first_, kt_tensor* output, kt_tensor* hidden)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& hx = kt::in(hx_);
    const auto params = kt::list(params_, params_count);
    const bool has_biases = has_biases_ != 0;
    const bool bidirectional = bidirectional_ != 0;
    const bool batch_first = batch_first_ != 0;
    auto results = kt::recurrent(kt::Cell::relu, input, {hx}, params, has_biases, num_layers, bidirectional, batch_first);
    kt::give(output, std::move(std::get<0>(results)));
    kt::give(hidden, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_gru(kt_tensor input_, kt_tensor hx_, const kt_tensor* params_, int32_t params_count, int32_t has_biases_, int64_t num_layers, int32_t bidirectional_, int32_t batch_first_, kt_tensor* output, kt_tensor* hidden)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const at::Tensor& hx = kt::in(hx_);
    const auto params = kt::list(params_, params_count);
    const bool has_biases = has_biases_ != 0;
    const bool bidirectional = bidirectional_ != 0;
    const bool batch_first = batch_first_ != 0;
    auto results = kt::recurrent(kt::Cell::gru, input, {hx}, params, has_biases, num_layers, bidirectional, batch_first);
    kt::give(output, std::move(std::get<0>(results)));
    kt::give(hidden, std::move(std::get<1>(results)));
    KT_END
}

int32_t kt_lstm(kt_tensor input_, const kt_tensor* hx_, int32_t hx_count, const kt_tensor* params_, int32_t params_count, int32_t has_biases_, int64_t num_layers, int32_t bidirectional_, int32_t batch_first_, kt_tensor* output, kt_tensor* hidden, kt_tensor* cell)
{
    KT_BEGIN
    const at::Tensor& input = kt::in(input_);
    const auto hx = kt::list(hx_, hx_count);
    const auto params = kt::list(params_, params_count);
    const bool has_biases = has_biases_ != 0;
    const bool bidirectional = bidirectional_ != 0;
    const bool batch_first = batch_first_ != 0;
    auto results = kt::recurrent(kt::Cell::lstm, input, hx, params, has_biases, num_layers, bidirectional, batch_first);
    kt::give(output, std::move(std::get<0>(results)));
    kt::give(hidden, std::move(std::get<1>(results)));
    kt::give(cell, std::move(std::get<2>(results)));
    KT_END
}

int32_t kt_cross_entropy_loss(kt_tensor self_, kt_tensor target_, kt_tensor weight_, int32_t reduction_, int64_t ignore_index, double label_smoothing, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const auto weight = kt::optional(weight_);
    const int64_t reduction = reduction_;
    kt::give(result, at::cross_entropy_loss(self, target, weight, reduction, ignore_index, label_smoothing));
    KT_END
}

int32_t kt_nll_loss(kt_tensor self_, kt_tensor target_, kt_tensor weight_, int32_t reduction_, int64_t ignore_index, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const auto weight = kt::optional(weight_);
    const int64_t reduction = reduction_;
    kt::give(result, at::nll_loss(self, target, weight, reduction, ignore_index));
    KT_END
}

int32_t kt_mse_loss(kt_tensor self_, kt_tensor target_, int32_t reduction_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const int64_t reduction = reduction_;
    kt::give(result, at::mse_loss(self, target, reduction));
    KT_END
}

int32_t kt_l1_loss(kt_tensor self_, kt_tensor target_, int32_t reduction_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const int64_t reduction = reduction_;
    kt::give(result, at::l1_loss(self, target, reduction));
    KT_END
}

int32_t kt_smooth_l1_loss(kt_tensor self_, kt_tensor target_, int32_t reduction_, double beta, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const int64_t reduction = reduction_;
    kt::give(result, at::smooth_l1_loss(self, target, reduction, beta));
    KT_END
}

int32_t kt_binary_cross_entropy(kt_tensor self_, kt_tensor target_, kt_tensor weight_, int32_t reduction_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const auto weight = kt::optional(weight_);
    const int64_t reduction = reduction_;
    kt::give(result, at::binary_cross_entropy(self, target, weight, reduction));
    KT_END
}

int32_t kt_binary_cross_entropy_with_logits(kt_tensor self_, kt_tensor target_, kt_tensor weight_, kt_tensor pos_weight_, int32_t reduction_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const auto weight = kt::optional(weight_);
    const auto pos_weight = kt::optional(pos_weight_);
    const int64_t reduction = reduction_;
    kt::give(result, at::binary_cross_entropy_with_logits(self, target, weight, pos_weight, reduction));
    KT_END
}

int32_t kt_kl_div(kt_tensor self_, kt_tensor target_, int32_t reduction_, int32_t log_target_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& self = kt::in(self_);
    const at::Tensor& target = kt::in(target_);
    const int64_t reduction = reduction_;
    const bool log_target = log_target_ != 0;
    kt::give(result, at::kl_div(self, target, reduction, log_target));
    KT_END
}

int32_t kt_cosine_similarity(kt_tensor x1_, kt_tensor x2_, int64_t dim, double eps, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& x1 = kt::in(x1_);
    const at::Tensor& x2 = kt::in(x2_);
    kt::give(result, at::cosine_similarity(x1, x2, dim, eps));
    KT_END
}

int32_t kt_cosine_embedding_loss(kt_tensor input1_, kt_tensor input2_, kt_tensor target_, double margin, int32_t reduction_, kt_tensor* result)
{
    KT_BEGIN
    const at::Tensor& input1 = kt::in(input1_);
    const at::Tensor& input2 = kt::in(input2_);
    const at::Tensor& target = kt::in(target_);
    const int64_t reduction = reduction_;
    kt::give(result, at::cosine_embedding_loss(input1, input2, target, margin, reduction));
    KT_END
}

