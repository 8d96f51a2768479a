// Arithmetic for inner loops that the compiler turns into vector instructions: no calls, no branches.
#pragma once

#include <cstdint>
#include <cstring>

namespace kt {

// exp(x) within 2 units in the last place; 0 and infinity far out. Range reduction by ln 2 and a polynomial of degree six.
inline float exponential(float x)
{
    x = x < -87.3f ? -87.3f : x > 88.3f ? 88.3f : x;
    const float shifted = x * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: rounds to the nearest whole number
    const float whole = shifted - 12582912.0f;
    const float r = (x - whole * 0.693145752f) - whole * 1.42860677e-6f;
    float p = 1.3981999e-3f;
    p = p * r + 8.3334519e-3f;
    p = p * r + 4.1665796e-2f;
    p = p * r + 1.6666666e-1f;
    p = p * r + 0.5f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    std::memcpy(&bits, &shifted, sizeof bits);
    const uint32_t power = (bits << 23) + 0x3f800000u;
    float scale;
    std::memcpy(&scale, &power, sizeof scale);
    return p * scale;
}

inline float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

// tanh(x): a series near zero, where the quotient would lose digits.
inline float hyperbolic_tangent(float x)
{
    const float s = x * x;
    const float series = x + x * s * (-0.333333333f + s * (0.133333333f + s * (-0.053968254f + s * 0.021869489f)));
    const float quotient = 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
    return s < 0.0625f ? series : quotient;
}

}  // namespace kt
