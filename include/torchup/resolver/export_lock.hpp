#pragma once
// A lock in other tools' words. Text in, text out; the same lock gives the same bytes. Used by `torchup export`.

#include "torchup/resolver/lockfile.hpp"

#include <string>

namespace torchup {

/// Normalised names of a lock's extras.
using Extras = std::vector<std::string>;

/// The packages with the default dependency groups and these extras, for formats that know neither: each marker holds no more
/// than what depends on the target, as short as can be. Those that are then never installed are left out.
std::vector<LockedPackage> settled_packages(const Lockfile& lock, const Extras& extras = {});

/// A requirements file for `pip install --require-hashes -r`: each package with its version, marker and the sha256 of every
/// wheel, and the indexes that the lock names. The index with the most packages is --index-url, the others are
/// --extra-index-url; where some packages name none, all are extra ones, so that the reader's own index still counts.
std::string requirements_text(const Lockfile& lock, const Extras& extras = {});

/// A conda environment.yml of that name: Python, as `requires-python` wants it, and pip from a conda channel; everything else
/// in pip's section, as above.
std::string conda_text(const Lockfile& lock, const std::string& name, const Extras& extras = {});

/// A Dockerfile: the official Python image of the newest Python that the lock is for, the requirements file as above within it,
/// and pip installing from that. Where the variant is CUDA's, the container asks for the host's driver.
std::string dockerfile_text(const Lockfile& lock, const Extras& extras = {});

/// What a bill of materials says of its own making.
struct BomHead {
  std::string program_version;
  Sha256 content;  ///< Of the lock: the serial number is made from it, so that one lock has one.
};

/// A CycloneDX 1.6 bill of materials in JSON: a library for each package, with its package URL (pkg:pypi), its wheels with
/// their SHA-256, and the graph of what depends on what. It holds no time and nothing random.
std::string cyclonedx_text(const Lockfile& lock, const BomHead& head);

}  // namespace torchup
