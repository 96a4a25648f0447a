! Registers that keep concurrent writes side by side: a write with no context adds a sibling, one with the context of a read
! replaces what that read saw. Written and read by all three ways, as text and by address.
program siblings
  use checks
  use lath
  implicit none

  character(len=256), target, asynchronous :: context, list
  ! What the calls below fill: the two buffers above.
  type(lath_siblings), asynchronous :: seen

  call open_embedded()
  call have_room(len(list))
  call text()
  call replacing()
  call stale_context()
  call memory()
  call too_small()
  call refusals()
  call close_embedded()
  call finish('siblings')

contains

  subroutine have_room(list_bytes)
    integer, intent(in) :: list_bytes
    seen%context = c_loc(context)
    seen%context_capacity = len(context)
    seen%list = c_loc(list)
    seen%list_capacity = list_bytes
  end subroutine

  function values() result(text)
    character(len=:), allocatable :: text
    text = joined(list(1:seen%list_size))
  end function

  ! Writes that saw nothing, by each way: none replaces another.
  subroutine text()
    call must(lath_mv_put(session, 'mv', '', '1 of a call', patience), 'mv put')
    call ended(lath_mv_get_nb(session, 'mv', seen, patience, request), 'mv get nb')
    call assert_equal(values(), '1 of a call', 'siblings after mv put')
    call ended(lath_mv_put_nb(session, 'mv', '', '2 of a request', patience, request), 'mv put nb')
    call ran(lath_batch_mv_get(batch, 'mv', seen), 'batch mv get')
    call assert_equal(values(), '1 of a call|2 of a request', 'siblings after mv put nb')
    call ran(lath_batch_mv_put(batch, 'mv', '', '3 of a batch'), 'batch mv put')
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    call assert_equal(values(), '1 of a call|2 of a request|3 of a batch', 'siblings after batch mv put')
  end subroutine

  ! Each way replaces what was read just before, by its context.
  subroutine replacing()
    call must(lath_mv_put(session, 'mv', context(1:seen%context_size), 'one for all', patience), 'mv put with a context')
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    call assert_equal(values(), 'one for all', 'siblings after mv put with a context')
    call ended(lath_mv_put_nb(session, 'mv', context(1:seen%context_size), 'two', patience, request), 'mv put nb with a context')
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    call assert_equal(values(), 'two', 'siblings after mv put nb with a context')
    call ran(lath_batch_mv_put(batch, 'mv', context(1:seen%context_size), 'three'), 'batch mv put with a context')
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    call assert_equal(values(), 'three', 'siblings after batch mv put with a context')
  end subroutine

  ! A write whose context is old replaces what it saw, and not what came since.
  subroutine stale_context()
    character(len=:), allocatable :: old
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    old = context(1:seen%context_size)
    call must(lath_mv_put(session, 'mv', old, 'first', patience), 'mv put with a context')
    call must(lath_mv_put(session, 'mv', old, 'second', patience), 'mv put with the same context')
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get')
    call assert_equal(values(), 'first|second', 'siblings of two that saw the same')
  end subroutine

  subroutine memory()
    integer(c_int32_t), target :: numbers(3)
    numbers = [11, 22, 33]
    call must(lath_mv_put(session, 'numbers', '', c_loc(numbers), 4_c_size_t, patience), 'mv put of memory')
    call expect_numbers(numbers(1:1), 'mv put of memory')
    call ended(lath_mv_put_nb(session, 'numbers', context(1:seen%context_size), c_loc(numbers(2)), 8_c_size_t, patience, request), &
      'mv put nb of memory')
    call expect_numbers(numbers(2:3), 'mv put nb of memory')
    call ran(lath_batch_mv_put(batch, 'numbers', context(1:seen%context_size), c_loc(numbers), 12_c_size_t), &
      'batch mv put of memory')
    call expect_numbers(numbers, 'batch mv put of memory')
  end subroutine

  ! That they are the bytes of the only sibling.
  subroutine expect_numbers(numbers, after)
    integer(c_int32_t), intent(in) :: numbers(:)
    character(len=*), intent(in) :: after
    character(len=:), allocatable :: bytes
    integer :: i
    call must(lath_mv_get(session, 'numbers', seen, patience), 'mv get after ' // after)
    bytes = values()
    call assert_equal(len(bytes), 4 * size(numbers), 'bytes after ' // after)
    do i = 1, min(size(numbers), len(bytes) / 4)
      call assert_equal(transfer(bytes(4 * i - 3:4 * i), 0_c_int32_t), numbers(i), 'a number after ' // after)
    end do
  end subroutine

  ! Both sizes are told, whichever buffer is too small.
  subroutine too_small()
    call have_room(4)
    seen%list_size = 0
    seen%context_size = 0
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get into too little', LATH_E_TOO_SMALL)
    call assert_equal(seen%list_size, 4 + 4 + len('first') + 4 + len('second'), 'the list size that mv get needs')
    call assert_true(seen%context_size > 0, 'mv get tells the size of its context')
    call have_room(int(seen%list_size))
    call must(lath_mv_get(session, 'mv', seen, patience), 'mv get into just enough')
    call assert_equal(values(), 'first|second', 'siblings in just enough room')
  end subroutine

  subroutine refusals()
    call have_room(len(list))
    call must(lath_put(session, 'bytes', 'value', patience), 'put')
    call must(lath_mv_get(session, 'bytes', seen, patience), 'mv get of bytes', LATH_E_WRONG_TYPE)
    call ended(lath_mv_put_nb(session, 'bytes', '', 'value', patience, request), 'mv put nb to bytes', LATH_E_WRONG_TYPE)
    call ran(lath_batch_mv_get(batch, 'no such', seen), 'batch mv get of nothing', LATH_E_NOT_FOUND)
    call must(lath_mv_put(session, 'mv', 'no context', 'value', patience), 'mv put with no context that was given', LATH_E_INVALID)
  end subroutine
end program siblings
