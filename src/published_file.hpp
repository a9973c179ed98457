#pragma once
// Whether a file is published at an address whose server lists nothing. native_install.cpp asks it of LibTorch's archives.

#include "torchup/core/url.hpp"

#include "src/pipeline.hpp"

namespace torchup {

/// Asks for the file's first byte, again where the server is busy, and follows redirects. False where the server says that it has no such
/// file: 404, 410, or 403, which object stores answer for what is not there. ErrorKind::network where it cannot be asked.
Result<bool> is_published(const Ports& ports, const Url& url);

}  // namespace torchup
