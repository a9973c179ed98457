#pragma once
// Judges attention against its definition in a wider type, and says what an error looks like. Used by the attention kernel.

#include "torchup/kernels/kernel.hpp"

#include "kernels/native/attention/attention.hpp"

namespace torchup::reference {

/// `inputs` are queries, keys and values, of the output's element type. The rule is the one by which blocked attention is usually
/// judged: at most twice the error of the plain formula in the same type.
ErrorMeasurement judge_attention(const native::AttentionSizes& sizes, const native::AttentionOptions& options,
                                 const std::vector<Tensor>& inputs, const Tensor& output);

}  // namespace torchup::reference
