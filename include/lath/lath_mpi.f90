! Opening a Lath store from Fortran with MPI: a node in every rank. Compile it after lath.f90, and link with -llath_mpi -llath.
! What the call does is in lath_mpi.h.
module lath_mpi
  use lath
  implicit none
  private
  public :: lath_open_mpi

  interface
    function c_lath_open_mpi_f(communicator, options, store) bind(C, name="lath_open_mpi_f") result(answer)
      import
      integer(c_int), value :: communicator
      type(c_ptr), value :: options
      type(c_ptr), intent(inout) :: store
      integer(c_int) :: answer
    end function
  end interface

contains

  ! Collective over the communicator: an integer of `use mpi`, or the MPI_VAL of a type(MPI_Comm) of `use mpi_f08`.
  function lath_open_mpi(communicator, options, store) result(answer)
    integer, intent(in) :: communicator
    type(lath_options), intent(in), target, optional :: options
    type(lath_store), intent(inout) :: store
    integer(c_int) :: answer
    answer = c_lath_open_mpi_f(int(communicator, c_int), lath_options_at(options), store%handle)
  end function
end module lath_mpi
