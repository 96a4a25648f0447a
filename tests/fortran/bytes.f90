! Bytes: text as it is, and what is no text by its address; written by one way of the three (in the call, by a request, in a batch)
! and read by another. And what may happen to a key of any type: it is erased, waited for, and flushed to the nodes that hold it.
program bytes
  use checks
  use lath
  implicit none

  call open_embedded()
  call text()
  call memory()
  call large_text()
  call any_bytes()
  call erasing()
  call too_small()
  call versions()
  call waiting_by_other_ways()
  call flushing()
  call refusals()
  call close_embedded()
  call finish('bytes')

contains

  subroutine text()
    character(len=16), asynchronous :: value
    integer(c_size_t), asynchronous :: size
    call must(lath_put(session, 'text', 'one', patience), 'put')
    call ended(lath_get_nb(session, 'text', value, size, patience, request), 'get nb')
    call assert_equal(value(1:size), 'one', 'what put wrote')
    call ended(lath_put_nb(session, 'text', 'two, nb', patience, request), 'put nb')
    call ran(lath_batch_get(batch, 'text', value, size), 'batch get')
    call assert_equal(value(1:size), 'two, nb', 'what put nb wrote')
    call ran(lath_batch_put(batch, 'text', 'three of a batch'), 'batch put')
    call must(lath_get(session, 'text', value, size, patience), 'get')
    call assert_equal(value(1:size), 'three of a batch', 'what batch put wrote')
  end subroutine

  ! By address and size: any type, here of an array and of a part of it.
  subroutine memory()
    integer(c_int32_t), target, asynchronous :: numbers(4), back(4)
    integer(c_size_t), asynchronous :: size
    numbers = [11, 22, 33, 44]
    back = 0
    call must(lath_put(session, 'memory', c_loc(numbers), 8_c_size_t, patience), 'put of memory')
    call ended(lath_get_nb(session, 'memory', c_loc(back), 16_c_size_t, size, patience, request), 'get nb into memory')
    call assert_equal(size, 8, 'bytes of two numbers')
    call assert_true(all(back == [11, 22, 0, 0]), 'get nb writes two numbers and no more')
    call ended(lath_put_nb(session, 'memory', c_loc(numbers(2)), 12_c_size_t, patience, request), 'put nb of memory')
    call ran(lath_batch_get(batch, 'memory', c_loc(back), 16_c_size_t, size), 'batch get into memory')
    call assert_true(size == 12 .and. all(back == [22, 33, 44, 0]), 'batch get gives what put nb wrote')
    call ran(lath_batch_put(batch, 'memory', c_loc(numbers), 16_c_size_t), 'batch put of memory')
    call must(lath_get(session, 'memory', c_loc(back), 16_c_size_t, size, patience), 'get into memory')
    call assert_true(size == 16 .and. all(back == numbers), 'get gives what batch put wrote')
  end subroutine

  ! Over LATH_VALUE_BYTES_MAX a value is not copied, but moves from and to where it lies.
  subroutine large_text()
    character(len=:), allocatable, target, asynchronous :: value, back
    integer(c_size_t), asynchronous :: size
    value = repeat('0123456789', 20000)
    back = repeat(' ', 200000)
    call ended(lath_put_nb(session, 'large', value, patience, request), 'put nb of a large value')
    call ran(lath_batch_get(batch, 'large', back, size), 'batch get of a large value')
    call assert_true(size == 200000 .and. back == value, 'batch get gives the large value')
    call ran(lath_batch_put(batch, 'large', value(1:100000)), 'batch put of a large value')
    back = repeat(' ', 200000)
    call ended(lath_get_nb(session, 'large', back, size, patience, request), 'get nb of a large value')
    call assert_true(size == 100000 .and. back(1:100000) == value(1:100000), 'get nb gives the large value')
    call assert_true(back(100001:) == ' ', 'get nb writes no more than the large value')
  end subroutine

  ! Neither keys nor values end at a NUL or at a blank.
  subroutine any_bytes()
    character(len=*), parameter :: key = 'a' // c_null_char // 'b ', written = c_null_char // 'v' // c_null_char // ' '
    character(len=8) :: value
    integer(c_size_t) :: size
    call must(lath_put(session, key, written, patience), 'put of any bytes')
    call must(lath_get(session, key, value, size, patience), 'get of any bytes')
    call assert_equal(value(1:size), written, 'any bytes')
    call must(lath_get(session, key(1:3), value, size, patience), 'get without the blank', LATH_E_NOT_FOUND)
    call must(lath_put(session, key, '', patience), 'put of nothing')
    call must(lath_get(session, key, value, size, patience), 'get of nothing')
    call assert_equal(size, 0, 'bytes of nothing')
  end subroutine

  ! An erased key holds nothing, and may take another type.
  subroutine erasing()
    integer(c_int64_t) :: value
    call put_erase_get(1)
    call put_erase_get(2)
    call put_erase_get(3)
    call must(lath_counter_add(session, 'erased', 4_c_int64_t, patience), 'counter add to an erased key')
    call must(lath_counter_get(session, 'erased', value, patience), 'counter get of an erased key')
    call assert_equal(value, 4, 'a counter where bytes were erased')
    call must(lath_erase(session, 'never there', patience), 'erase of nothing')
  end subroutine

  subroutine put_erase_get(way)
    integer, intent(in) :: way
    character(len=8) :: value
    integer(c_size_t) :: size
    call must(lath_put(session, 'erased', 'there', patience), 'put of what is to be erased')
    if (way == 1) call must(lath_erase(session, 'erased', patience), 'erase')
    if (way == 2) call ended(lath_erase_nb(session, 'erased', patience, request), 'erase nb')
    if (way == 3) call ran(lath_batch_erase(batch, 'erased'), 'batch erase')
    call must(lath_get(session, 'erased', value, size, patience), 'get of what is erased', LATH_E_NOT_FOUND)
  end subroutine

  ! The size that is needed is told, and nothing is written.
  subroutine too_small()
    character(len=4), asynchronous :: value
    integer(c_size_t), asynchronous :: size
    call must(lath_put(session, 'eight', '12345678', patience), 'put of eight bytes')
    value = 'kept'
    size = 0
    call must(lath_get(session, 'eight', value, size, patience), 'get into four bytes', LATH_E_TOO_SMALL)
    call assert_equal(size, 8, 'the size that get needs')
    size = 0
    call ended(lath_get_nb(session, 'eight', value, size, patience, request), 'get nb into four bytes', LATH_E_TOO_SMALL)
    call assert_equal(size, 8, 'the size that get nb needs')
    size = 0
    call ran(lath_batch_get(batch, 'eight', c_null_ptr, 0_c_size_t, size), 'batch get of a size', LATH_E_TOO_SMALL)
    call assert_equal(size, 8, 'the size that batch get needs')
    call assert_equal(value, 'kept', 'a buffer that was too small')
  end subroutine

  ! A version moves with each update, and not else; 0 is nothing's.
  subroutine versions()
    integer(c_int64_t) :: first, second, third
    call must(lath_wait(session, 'moves', 0_c_int64_t, first, 0_c_int64_t), 'wait for nothing', LATH_E_TIMEOUT)
    call must(lath_put(session, 'moves', 'once', patience), 'put')
    call must(lath_wait(session, 'moves', 0_c_int64_t, first, patience), 'wait for anything')
    call must(lath_wait(session, 'moves', first, second, 0_c_int64_t), 'wait for a move that was not', LATH_E_TIMEOUT)
    call must(lath_put(session, 'moves', 'twice', patience), 'put again')
    call must(lath_wait(session, 'moves', first, second, patience), 'wait for a move')
    call assert_true(first /= 0 .and. second /= 0 .and. second /= first, 'an update moves the version')
    call must(lath_erase(session, 'moves', patience), 'erase')
    call must(lath_wait(session, 'moves', second, third, patience), 'wait for an erase')
    call assert_equal(third, 0, 'the version of nothing')
  end subroutine

  ! The waits begin before there is what they wait for.
  subroutine waiting_by_other_ways()
    integer(c_int64_t), asynchronous :: version, in_batch
    integer(lath_request) :: requests(2)
    version = 0
    in_batch = 0
    call must(lath_wait_nb(session, 'later', 0_c_int64_t, version, patience, requests(1)), 'wait nb')
    call must(lath_batch_wait(batch, 'later', 0_c_int64_t, in_batch), 'batch wait')
    call must(lath_batch_run_nb(batch, patience, requests(2)), 'batch run nb of a wait')
    call must(lath_test(session, requests(1)), 'test of a wait', LATH_IN_PROGRESS)
    call must(lath_test(session, requests(2)), 'test of a batch with a wait', LATH_IN_PROGRESS)
    call must(lath_put(session, 'later', 'now', patience), 'put of what is waited for')
    call must(lath_wait_all(session, requests, patience), 'wait all of two waits')
    call assert_true(version /= 0, 'wait nb gives a version')
    call assert_equal(in_batch, version, 'the version that batch wait gives')
  end subroutine

  ! There is one node: it is every replica, and two are more than any key is on.
  subroutine flushing()
    call must(lath_put(session, 'flushed', 'value', patience), 'put')
    call must(lath_flush(session, 0_c_int32_t, patience), 'flush to every replica')
    call must(lath_flush(session, 1_c_int32_t, patience), 'flush to one node')
    call must(lath_flush(session, 2_c_int32_t, patience), 'flush to two nodes', LATH_E_INVALID)
    call ended(lath_flush_nb(session, 1_c_int32_t, patience, request), 'flush nb')
    call ran(lath_batch_flush(batch, 1_c_int32_t), 'batch flush')
    call must(lath_flush(session, int(LATH_ACK_NODES_MAX, c_int32_t) + 1, patience), 'flush to over the most', LATH_E_INVALID)
  end subroutine

  subroutine refusals()
    integer(c_size_t), asynchronous :: size
    integer(c_int64_t) :: count
    character(len=8), asynchronous :: value
    call must(lath_put(session, '', 'value', patience), 'put with no key', LATH_E_INVALID)
    call must(lath_put(session, repeat('k', 1025), 'value', patience), 'put with a long key', LATH_E_TOO_LARGE)
    call must(lath_put(session, repeat('k', 1024), 'value', patience), 'put with the longest key')
    call must(lath_counter_get(session, 'text', count, patience), 'counter get of bytes', LATH_E_WRONG_TYPE)
    call assert_true(index(lath_last_error(session), 'text') > 0, 'the text of an error names the key')
    call must(lath_counter_add(session, 'counter', 1_c_int64_t, patience), 'counter add')
    call ended(lath_put_nb(session, 'counter', 'bytes', patience, request), 'put nb to a counter', LATH_E_WRONG_TYPE)
    call ran(lath_batch_get(batch, 'counter', value, size), 'batch get of a counter', LATH_E_WRONG_TYPE)
    call must(lath_put_nb(session, '', 'value', patience, request), 'put nb with no key', LATH_E_INVALID)
    call must(lath_batch_erase(batch, ''), 'batch erase with no key', LATH_E_INVALID)
  end subroutine
end program bytes
