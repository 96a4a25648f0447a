-- Lath @LATH_VERSION@. `cmake --install` writes this, with the prefix, into share/lath/modulefiles: module use that folder, or copy the file.
-- No LATH_* is set here: each of those is a setting of lathd, and one that it does not know is warned of.
help([[Lath, a lattice store on every core of an HPC cluster: lathd and lath, liblath and liblath_mpi. Load the MPI that it was built with as well.]])
whatis("Name: lath")
whatis("Version: @LATH_VERSION@")
whatis("Description: a lattice store on every core of an HPC cluster")
conflict("lath")

local prefix = "@LATH_PREFIX@"
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("LD_LIBRARY_PATH", pathJoin(prefix, "@LATH_LIBDIR@"))
prepend_path("PKG_CONFIG_PATH", pathJoin(prefix, "@LATH_LIBDIR@/pkgconfig"))
prepend_path("CMAKE_PREFIX_PATH", prefix)
