! What the Fortran tests share: checks that name what failed, and one embedded store with a session and a batch to try calls on. A
! program counts its failures, goes on after each, and ends with their number as its error.
module checks
  use, intrinsic :: iso_fortran_env, only: error_unit
  use lath
  implicit none
  private
  public :: open_embedded, close_embedded, finish
  public :: must, ended, ran, assert_status, assert_true, assert_equal, joined

  ! Longer than any call takes on a loaded machine; nothing here waits for it to pass.
  integer(c_int64_t), parameter, public :: patience = 30000000000_c_int64_t

  type(lath_store), public, protected :: store
  type(lath_session), public, protected :: session
  type(lath_batch), public, protected :: batch
  ! The request of an _nb call that `ended` waits for.
  integer(lath_request), asynchronous, public :: request = 0

  integer :: failures = 0, checked = 0

  ! Of the kinds that the C API gives; its 64-bit integers may be compared with plain literals too.
  interface assert_equal
    procedure assert_equal_i32, assert_equal_i64, assert_equal_i64_i32, assert_equal_f32, assert_equal_f64, assert_equal_text
  end interface

contains

  ! One shard: the node of a test needs no more, and the machine that runs it may have no more.
  subroutine open_embedded(shards)
    integer, intent(in), optional :: shards
    type(lath_options) :: options
    options%shards = 1
    options%replication_shards = 1
    if (present(shards)) then
      options%shards = shards
      options%replication_shards = shards
    end if
    call assert_status(lath_open('embedded:', options, store), 'open')
    call assert_status(lath_session_open(store, session=session), 'session open')
    call assert_status(lath_batch_open(session, 8_c_size_t, batch), 'batch open')
    if (failures > 0) error stop 'fortran: there is no store to test on'
  end subroutine

  subroutine close_embedded()
    call must(lath_batch_close(batch), 'batch close')
    call must(lath_session_close(session), 'session close')
    call assert_status(lath_close(store), 'close')
  end subroutine

  ! The last statement of a test.
  subroutine finish(name)
    character(len=*), intent(in) :: name
    character(len=64) :: told
    write (told, '(i0,a,i0,a)') failures, ' of ', checked, ' checks failed'
    if (failures > 0) error stop name // ': ' // trim(told)
    print '(3a)', name, ': ', trim(told)
  end subroutine

  ! What a call on the session answered: LATH_OK, unless another status is expected.
  subroutine must(status, what, expected)
    integer(c_int), intent(in) :: status
    character(len=*), intent(in) :: what
    integer(c_int), intent(in), optional :: expected
    call answered(status, what, lath_last_error(session), expected)
  end subroutine

  ! The same for an _nb call, which must begin; `expected` is how its request ends.
  subroutine ended(begun, what, expected)
    integer(c_int), intent(in) :: begun
    character(len=*), intent(in) :: what
    integer(c_int), intent(in), optional :: expected
    call must(begun, what // ', begun')
    if (begun == LATH_OK) call must(lath_wait_request(session, request, patience), what, expected)
  end subroutine

  ! The same for an operation put into the batch, which is run; `expected` is how it ends there.
  subroutine ran(put_in, what, expected)
    integer(c_int), intent(in) :: put_in
    character(len=*), intent(in) :: what
    integer(c_int), intent(in), optional :: expected
    call must(put_in, what // ', put in')
    if (put_in == LATH_OK) call must(lath_batch_run(batch, patience), what, expected)
  end subroutine

  ! What a call without a session answered.
  subroutine assert_status(status, what, expected)
    integer(c_int), intent(in) :: status
    character(len=*), intent(in) :: what
    integer(c_int), intent(in), optional :: expected
    call answered(status, what, lath_last_error(), expected)
  end subroutine

  subroutine answered(status, what, text, expected)
    integer(c_int), intent(in) :: status
    character(len=*), intent(in) :: what, text
    integer(c_int), intent(in), optional :: expected
    integer(c_int) :: right
    right = LATH_OK
    if (present(expected)) right = expected
    call assert_true(status == right, what // ' answers ' // lath_status_string(status) // ' (' // text // '), not ' // &
      lath_status_string(right))
  end subroutine

  subroutine assert_true(is_so, what)
    logical, intent(in) :: is_so
    character(len=*), intent(in) :: what
    checked = checked + 1
    if (is_so) return
    failures = failures + 1
    write (error_unit, '(2a)') 'fortran: not so: ', what
  end subroutine

  subroutine assert_equal_i64(found, expected, what)
    integer(c_int64_t), intent(in) :: found, expected
    character(len=*), intent(in) :: what
    character(len=64) :: numbers
    write (numbers, '(i0,a,i0)') found, ', not ', expected
    call assert_true(found == expected, what // ' is ' // trim(numbers))
  end subroutine

  subroutine assert_equal_i64_i32(found, expected, what)
    integer(c_int64_t), intent(in) :: found
    integer(c_int32_t), intent(in) :: expected
    character(len=*), intent(in) :: what
    call assert_equal_i64(found, int(expected, c_int64_t), what)
  end subroutine

  subroutine assert_equal_i32(found, expected, what)
    integer(c_int32_t), intent(in) :: found, expected
    character(len=*), intent(in) :: what
    call assert_equal_i64(int(found, c_int64_t), int(expected, c_int64_t), what)
  end subroutine

  ! Exactly equal: the store moves numbers and does not round them. -Wall warns of == between reals.
  subroutine assert_equal_f64(found, expected, what)
    real(c_double), intent(in) :: found, expected
    character(len=*), intent(in) :: what
    character(len=64) :: numbers
    write (numbers, '(es24.16,a,es24.16)') found, ', not ', expected
    call assert_true(found <= expected .and. found >= expected, what // ' is ' // trim(numbers))
  end subroutine

  subroutine assert_equal_f32(found, expected, what)
    real(c_float), intent(in) :: found, expected
    character(len=*), intent(in) :: what
    call assert_equal_f64(real(found, c_double), real(expected, c_double), what)
  end subroutine

  ! Fortran's == passes over trailing blanks, which are bytes like any here.
  subroutine assert_equal_text(found, expected, what)
    character(len=*), intent(in) :: found, expected, what
    call assert_true(len(found) == len(expected) .and. found == expected, what // ' is "' // found // '", not "' // expected // '"')
  end subroutine

  ! The members of a packed list with a bar between them.
  function joined(list) result(text)
    character(len=*), intent(in) :: list
    character(len=:), allocatable :: text, member
    integer(c_size_t) :: position
    text = ''
    position = 0
    do while (lath_list_next(list, position, member))
      if (len(text) > 0) text = text // '|'
      text = text // member
    end do
  end function
end module checks
