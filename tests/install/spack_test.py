#!/usr/bin/env python3
"""Spack's recipe agrees with CMake: options, dependencies, versions. Spack itself is not run: the recipe is, against names that take notes.
usage: spack_test.py SOURCE_DIR"""
import pathlib
import re
import sys
import types

source = pathlib.Path(sys.argv[1])
failures = []


def expect(true, text):
    if not true:
        failures.append(text)


# What the recipe calls at its class's top: each call is noted.
calls = []
spack = types.ModuleType("spack.package")
for directive in ("version", "variant", "depends_on", "conflicts"):
    setattr(spack, directive, lambda *args, _name=directive, **options: calls.append((_name, args, options)))


class CMakePackage:
    run_tests = False

    def __init__(self, **variants):
        noted = {args[0]: options["default"] for name, args, options in calls if name == "variant"} | variants
        self.spec = types.SimpleNamespace(variants={name: types.SimpleNamespace(value=value) for name, value in noted.items()})

    @staticmethod
    def define(option, value):
        return f"-D{option}={ {True: 'ON', False: 'OFF'}.get(value, value) }"

    def define_from_variant(self, option, variant):
        return self.define(option, self.spec.variants[variant].value)


spack.CMakePackage = CMakePackage
sys.modules["spack"] = types.ModuleType("spack")
sys.modules["spack.package"] = spack
recipe = source / "launch/spack/package.py"
names = {}
exec(compile(recipe.read_text(), str(recipe), "exec"), names)
Lath = names["Lath"]

cmake_lists = (source / "CMakeLists.txt").read_text()
options = set(re.findall(r"^option\((LATH_\w+)", cmake_lists, re.M)) | set(re.findall(r"^set\((LATH_\w+) .* CACHE ", cmake_lists, re.M))
expect(len(options) >= 4, f"of CMake's options only {options} were found: is the test blind?")
given = dict(arg.removeprefix("-D").split("=", 1) for arg in Lath().cmake_args())
expect(set(given) == options, f"the recipe gives {sorted(given)}, and CMake has {sorted(options)}")
expect(given.get("LATH_SANITIZE") == "", "without a word of the user's there is a sanitizer")
expect("-DLATH_UNITY=OFF" in Lath(unity=False).cmake_args(), "the variant unity changes nothing")
expect("-DLATH_SANITIZE=thread" in Lath(sanitize="thread").cmake_args(), "the variant sanitize changes nothing")
tested = Lath()
tested.run_tests = True
expect("-DLATH_TESTS=ON" in tested.cmake_args(), "spack install --test does not build the tests")

# What CMake looks for, by Spack's names; and whether only the tests need it.
spack_names = {
    "Threads": None, "PkgConfig": "pkgconfig", "ucx": "ucx", "hwloc": "hwloc", "libxxhash": "xxhash", "libsodium": "libsodium", "MPI": "mpi",
    "CLI11": "cli11", "spdlog": "spdlog", "nlohmann_json": "nlohmann-json", "tomlplusplus": "tomlplusplus", "GTest": "googletest",
    "benchmark": "benchmark",
}
own = {"c", "cxx", "cmake", "python"}  # what CMake does not look for
depends = {re.split("[@+~]", args[0])[0]: (args[0], call.get("type")) for name, args, call in calls if name == "depends_on"}
wanted = {}
for path in [*source.glob("cmake/*.cmake"), source / "bench/CMakeLists.txt"]:
    for line in path.read_text().splitlines():
        found = re.match(r"\s*(?:find_package\((\w+)(?!.*QUIET)|pkg_check_modules\(.*IMPORTED_TARGET (\w+)\))", line)
        if found:
            wanted[found[1] or found[2]] = path.name in ("LathTest.cmake", "CMakeLists.txt")
expect(len(wanted) == len(spack_names), f"CMake looks for {sorted(wanted)}, and this test knows {sorted(spack_names)}")
for name, for_tests in wanted.items():
    if name not in spack_names:
        failures.append(f"CMake looks for {name}, whose name in Spack this test does not know")
    elif spack_names[name]:
        kind = depends.get(spack_names[name], (None, "missing"))[1]
        expect(kind != "missing", f"CMake looks for {name}, and the recipe does not depend on {spack_names[name]}")
        expect((kind == "test") == for_tests, f"{spack_names[name]} is of type {kind}, and {'only tests need' if for_tests else 'Lath needs'} it")
for name in depends.keys() - own - set(spack_names.values()):
    failures.append(f"the recipe depends on {name}, which CMake does not look for")

minimum = re.search(r"cmake_minimum_required\(VERSION ([\d.]+)\)", cmake_lists)[1]
expect(depends.get("cmake", [None])[0] == f"cmake@{minimum}:", f"CMake has to be {minimum} or newer")
version = re.search(r"project\(lath VERSION ([\d.]+)", cmake_lists)[1]
expect([args for name, args, _ in calls if name == "version"] == [(version,)], f"the version is {version}")
expect(Lath.__mro__[1] is CMakePackage and Lath.__doc__, "the class has no description, or is no CMakePackage")

for failure in failures:
    print(f"spack: {failure}")
if not failures:
    print(f"spack: the recipe agrees with CMake in {len(options)} options and {len(wanted)} dependencies; Spack itself was not run")
sys.exit(bool(failures))
