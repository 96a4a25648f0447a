# How Spack builds Lath, from this source tree (docs/slurm.md has the commands). There is no archive to fetch, so the version has no checksum.
# tests/install/spack_test.py holds it to what CMake asks for. Lath's MPI and its Fortran module are no variants: lathd needs the first,
# and the second is installed as source.
from spack.package import *


class Lath(CMakePackage):
    """A lattice store on every core of an HPC cluster."""

    version("0.1.0")

    variant("unity", default=True, description="Compile a room's sources together: half the time of a whole build")
    variant(
        "sanitize",
        default="none",
        values=("none", "address,undefined", "thread"),
        multi=False,
        description="Build with sanitizers",
    )

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("ucx@1.13:")
    depends_on("mpi")
    depends_on("hwloc@2:")
    depends_on("xxhash@0.8:")
    depends_on("libsodium@1.0.18:")
    depends_on("cli11@2:")
    depends_on("tomlplusplus@3:")
    depends_on("spdlog@1.10:")
    depends_on("nlohmann-json@3.11:")

    depends_on("googletest@1.12:", type="test")
    depends_on("benchmark@1.7:", type="test")
    depends_on("python@3.9:", type="test")

    conflicts("%gcc@:11", msg="Lath is C++20 as g++ 12 has it")

    def cmake_args(self):
        sanitize = self.spec.variants["sanitize"].value
        return [
            self.define("LATH_TESTS", self.run_tests),
            # The warnings of compilers that we have not seen are no errors of whoever installs Lath.
            self.define("LATH_WERROR", False),
            self.define_from_variant("LATH_UNITY", "unity"),
            self.define("LATH_SANITIZE", "" if sanitize == "none" else sanitize),
        ]
