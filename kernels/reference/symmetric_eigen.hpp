#pragma once
// Eigenvalues and eigenvectors of one symmetric matrix: Householder reduction to tridiagonal form, then implicit QL with
// Wilkinson's shift. float32 is the yardstick, float64 the truth. Used by the eigh kernel only.

#include <cstdint>
#include <span>

namespace torchup::reference {

enum class Vectors { yes, no };

/// `matrix` (n x n, row-major, symmetric; overwritten) = V W V'. Eigenvalues ascend; column j of `vectors` (n x n) belongs
/// to the j-th; `vectors` is left alone with Vectors::no. False where QL does not converge, as for numbers that are none.
bool symmetric_eigen(std::span<float> matrix, std::int64_t n, std::span<float> values, std::span<float> vectors, Vectors wanted);
bool symmetric_eigen(std::span<double> matrix, std::int64_t n, std::span<double> values, std::span<double> vectors, Vectors wanted);

}  // namespace torchup::reference
