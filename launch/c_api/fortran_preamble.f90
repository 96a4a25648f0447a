! Lath from Fortran 2018: the whole C API. Written from the C headers by launch/c_api/write-fortran; change it there.
!
!   use lath
!   type(lath_store) :: store
!   type(lath_session) :: session
!   real(c_double) :: field(nx, ny), least(1)
!   integer(c_size_t) :: count
!   if (lath_open('embedded:', store=store) /= LATH_OK) error stop lath_last_error()
!   if (lath_session_open(store, session=session) /= LATH_OK) error stop lath_last_error()
!   if (lath_array_merge(session, 'field', LATH_SUM, field, lath_seconds(10d0)) /= LATH_OK) error stop lath_last_error(session)
!   if (lath_counter_add(session, 'steps', 1_c_int64_t, lath_seconds(10d0)) /= LATH_OK) error stop lath_last_error(session)
!
! Compile this file once with your own compiler, and link with liblath:
!
!   gfortran -c PREFIX/include/lath/lath.f90 && gfortran app.f90 lath.o $(pkg-config --libs lath)
!
! What each call does is in the C headers beside this file, and in man 3 lath. What is different here:
!   strings  keys, fields, values, elements and lists are character(len=*): any bytes, all of them, trailing blanks too, with no
!            size argument. What is no string is passed as c_loc(x) and its size in bytes (lath_put, lath_get and their kin).
!   arrays   of real32, real64, int32 and int64, of any rank, in the order in which they lie in memory (column-major), without a
!            copy. They must be contiguous: a section that is not is refused with LATH_E_INVALID ("elements is NULL").
!   numbers  C's uint64_t and size_t are signed here: a count over huge() comes back negative. LATH_FOREVER is -1.
!   options  optional; a lath_options that is declared has the defaults. Its strings are c_loc of a target that ends in c_null_char.
!   outs     of an _nb call or a batch are written until it has ended: declare them ASYNCHRONOUS (or TARGET) where you wait for it.
!   NULL     handles begin as none; to close one that is none is fine.
! c_lath_... are the calls as C has them. MPI: lath_mpi.f90.
module lath
  use, intrinsic :: iso_c_binding
  implicit none
  public
  private :: start_of, text_at

  type, bind(C) :: lath_store
    type(c_ptr) :: handle = c_null_ptr
  end type
  type, bind(C) :: lath_session
    type(c_ptr) :: handle = c_null_ptr
  end type
  type, bind(C) :: lath_batch
    type(c_ptr) :: handle = c_null_ptr
  end type
  integer, parameter :: lath_request = c_int64_t ! the kind of a request's name: integer(lath_request)

  integer(c_int64_t), parameter :: LATH_FOREVER = -1_c_int64_t
