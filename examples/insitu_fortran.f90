! A 2-D heat solver in Fortran whose ranks merge what a monitor would read into Lath at each step, while it runs: the least and the
! greatest value, two sums, and a coarse map of the field (a matrix, as it lies in memory). Each step is checked against
! MPI_Allreduce.
!
! usage: mpirun -n 2 insitu_fortran [STEPS [SIZE]]     50 steps of a square of 128 cells by default; a node inside every rank
program insitu_fortran
  use, intrinsic :: iso_fortran_env, only: error_unit
  use lath
  use lath_mpi
  use mpi
  implicit none

  integer, parameter :: bins = 8
  integer(c_int64_t) :: patience
  type(lath_store) :: store
  type(lath_session) :: session
  integer :: rank, ranks, ierr, steps, edge, columns, step, wrong, wrong_anywhere
  real(c_double), allocatable :: now(:, :), next(:, :)
  ! Of this rank, of all ranks by MPI, and as merged by Lath.
  type :: summary
    real(c_double) :: least, greatest, sums(2)
    integer(c_int64_t) :: coarse(bins, 2) ! how many cells of each value, in the upper and in the lower half
  end type
  type(summary) :: mine, expected, merged

  call help() ! before MPI_Init, so that it works without mpirun as well
  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, ranks, ierr)
  steps = argument(1, 50)
  edge = argument(2, 128)
  if (steps < 1 .or. edge < 2 * ranks) then
    if (rank == 0) write (error_unit, '(a)') 'insitu_fortran: STEPS is at least 1, and SIZE at least twice the ranks'
    call MPI_Abort(MPI_COMM_WORLD, 2, ierr)
  end if

  patience = lath_seconds(60d0)
  if (lath_open_mpi(MPI_COMM_WORLD, store=store) /= LATH_OK) call stop_with(lath_last_error())
  if (lath_session_open(store, session=session) /= LATH_OK) call stop_with(lath_last_error())

  columns = edge / ranks + merge(1, 0, rank < mod(edge, ranks))
  allocate (now(edge, 0:columns + 1), next(edge, 0:columns + 1), source=0d0)
  wrong = 0
  do step = 1, steps
    call advance()
    call summarise()
    call merge_step()
    call reduce() ! also the point by which every rank has merged
    call read_step()
    if (.not. same(merged, expected)) wrong = wrong + 1
  end do
  call MPI_Allreduce(wrong, wrong_anywhere, 1, MPI_INTEGER, MPI_SUM, MPI_COMM_WORLD, ierr)
  if (rank == 0) then
    print '(a,i0,a,i0,a,i0,a,i0,a,i0,a)', 'insitu_fortran: ', steps, ' steps of a ', edge, ' x ', edge, ' field; ', &
      wrong_anywhere, ' of ', steps * ranks, ' checks differ from MPI_Allreduce'
  end if
  if (lath_session_close(session) /= LATH_OK) call stop_with(lath_last_error())
  if (lath_close(store) /= LATH_OK) call stop_with(lath_last_error())
  call MPI_Finalize(ierr)
  if (wrong_anywhere > 0) error stop 1

contains

  subroutine help()
    character(len=8) :: text
    integer :: at
    do at = 1, command_argument_count()
      call get_command_argument(at, text)
      if (text /= '--help') cycle
      print '(a)', 'usage: insitu_fortran [STEPS [SIZE]]'
      stop
    end do
  end subroutine

  integer function argument(at, otherwise)
    integer, intent(in) :: at, otherwise
    character(len=32) :: text
    integer :: status
    argument = otherwise
    if (command_argument_count() < at) return
    call get_command_argument(at, text)
    read (text, *, iostat=status) argument
    if (status /= 0) argument = 0
  end function

  subroutine stop_with(why)
    character(len=*), intent(in) :: why
    write (error_unit, '(a)') why
    call MPI_Abort(MPI_COMM_WORLD, 1, ierr)
    error stop 1
  end subroutine

  ! What `call` of Lath's answered must be well.
  subroutine must(answer)
    integer(c_int), intent(in) :: answer
    if (answer /= LATH_OK) call stop_with(lath_last_error(session))
  end subroutine

  ! One Jacobi step; the first row is hot, the other edges are cold. A halo is a column, which is contiguous.
  subroutine advance()
    integer :: left, right, row, column, status(MPI_STATUS_SIZE)
    left = merge(rank - 1, MPI_PROC_NULL, rank > 0)
    right = merge(rank + 1, MPI_PROC_NULL, rank + 1 < ranks)
    call MPI_Sendrecv(now(:, 1), edge, MPI_DOUBLE_PRECISION, left, 0, now(:, columns + 1), edge, MPI_DOUBLE_PRECISION, right, 0, &
      MPI_COMM_WORLD, status, ierr)
    call MPI_Sendrecv(now(:, columns), edge, MPI_DOUBLE_PRECISION, right, 1, now(:, 0), edge, MPI_DOUBLE_PRECISION, left, 1, &
      MPI_COMM_WORLD, status, ierr)
    do column = 1, columns
      next(1, column) = 1d0
      next(edge, column) = 0d0
      do row = 2, edge - 1
        next(row, column) = 0.25d0 * (now(row - 1, column) + now(row + 1, column) + now(row, column - 1) + now(row, column + 1))
      end do
    end do
    now(:, 1:columns) = next(:, 1:columns)
  end subroutine

  subroutine summarise()
    integer :: row, column, bin
    associate (part => now(:, 1:columns))
      mine = summary(minval(part), maxval(part), [sum(part), sum(part**2)], 0)
      do column = 1, columns
        do row = 1, edge
          bin = min(bins, 1 + int(part(row, column) * bins))
          mine%coarse(bin, merge(1, 2, 2 * row <= edge)) = mine%coarse(bin, merge(1, 2, 2 * row <= edge)) + 1
        end do
      end do
    end associate
  end subroutine

  function key_of(what) result(key)
    character(len=*), intent(in) :: what
    character(len=:), allocatable :: key
    character(len=16) :: number
    write (number, '(i0)') step
    key = 'heat/' // trim(number) // '/' // what
  end function

  ! Four merges under way at once.
  subroutine merge_step()
    integer(lath_request) :: requests(4)
    call must(lath_min_f64_merge_nb(session, key_of('least'), mine%least, patience, requests(1)))
    call must(lath_max_f64_merge_nb(session, key_of('greatest'), mine%greatest, patience, requests(2)))
    call must(lath_array_merge_nb(session, key_of('sums'), LATH_SUM, mine%sums, patience, requests(3)))
    call must(lath_array_merge_nb(session, key_of('coarse'), LATH_SUM, mine%coarse, patience, requests(4)))
    call must(lath_wait_all(session, requests, patience))
    call must(lath_flush(session, 0_c_int32_t, patience))
  end subroutine

  subroutine reduce()
    call MPI_Allreduce(mine%least, expected%least, 1, MPI_DOUBLE_PRECISION, MPI_MIN, MPI_COMM_WORLD, ierr)
    call MPI_Allreduce(mine%greatest, expected%greatest, 1, MPI_DOUBLE_PRECISION, MPI_MAX, MPI_COMM_WORLD, ierr)
    call MPI_Allreduce(mine%sums, expected%sums, 2, MPI_DOUBLE_PRECISION, MPI_SUM, MPI_COMM_WORLD, ierr)
    call MPI_Allreduce(mine%coarse, expected%coarse, size(mine%coarse), MPI_INTEGER8, MPI_SUM, MPI_COMM_WORLD, ierr)
  end subroutine

  subroutine read_step()
    integer(c_size_t) :: count
    call must(lath_min_f64_get(session, key_of('least'), merged%least, patience))
    call must(lath_max_f64_get(session, key_of('greatest'), merged%greatest, patience))
    call must(lath_array_get(session, key_of('sums'), LATH_SUM, merged%sums, count, patience))
    call must(lath_array_get(session, key_of('coarse'), LATH_SUM, merged%coarse, count, patience))
  end subroutine

  ! Sums are equal to rounding, since MPI may add in another order; the rest is equal.
  logical function same(a, b)
    type(summary), intent(in) :: a, b
    same = a%least <= b%least .and. a%least >= b%least .and. a%greatest <= b%greatest .and. a%greatest >= b%greatest .and. &
      all(a%coarse == b%coarse) .and. all(abs(a%sums - b%sums) <= 1d-9 * abs(b%sums) + 1d-12)
  end function
end program insitu_fortran
