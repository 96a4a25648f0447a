/*
 * Opening a store from MPI: a node in every rank. The only public header that includes mpi.h; link with -llath_mpi.
 */
#pragma once

#include <mpi.h>

#include "lath/lath.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Open a store of which every rank of `communicator` hosts a node. Collective over it: all call it, and all get the same kind of
 * answer.
 *
 * MPI is initialized (MPI_THREAD_SINGLE is enough). The communicator is used through a duplicate that is freed before the call
 * returns; after it no MPI call is made, not in lath_close either, so close before or after MPI_Finalize as you like. Do not close
 * between two collectives that some ranks have yet to enter: a node hands its keys to the others while they still run.
 *
 * Waits for the other ranks at most options->open_timeout_ns in each of its steps: where one does not come, the others get
 * LATH_E_TIMEOUT instead of waiting for ever. What MPI then has under way stays so: end the job with MPI_Abort.
 *
 * options  may be NULL: all defaults
 * store    out: close it with lath_close
 *
 * Returns as lath_open. The text of a failure: lath_last_error(NULL), in the same thread.
 */
LATH_API lath_status lath_open_mpi(MPI_Comm communicator, const lath_options* options, lath_store** store);

/* The same for a communicator of Fortran's: an INTEGER of `use mpi`, or the MPI_VAL of a type(MPI_Comm). lath_mpi.f90 calls it. */
LATH_API lath_status lath_open_mpi_f(MPI_Fint communicator, const lath_options* options, lath_store** store);

#ifdef __cplusplus
}
#endif
