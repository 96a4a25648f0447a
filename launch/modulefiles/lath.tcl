#%Module1.0
## Lath @LATH_VERSION@. `cmake --install` writes this, with the prefix, into share/lath/modulefiles: module use that folder, or copy the file.
## No LATH_* is set here: each of those is a setting of lathd, and one that it does not know is warned of.
proc ModulesHelp {} {
  puts stderr {Lath, a lattice store on every core of an HPC cluster: lathd and lath, liblath and liblath_mpi. Load the MPI that it was built with as well.}
}
module-whatis {Lath @LATH_VERSION@: a lattice store on every core of an HPC cluster}
conflict lath

set prefix {@LATH_PREFIX@}
prepend-path PATH $prefix/bin
prepend-path LD_LIBRARY_PATH $prefix/@LATH_LIBDIR@
prepend-path PKG_CONFIG_PATH $prefix/@LATH_LIBDIR@/pkgconfig
prepend-path CMAKE_PREFIX_PATH $prefix
