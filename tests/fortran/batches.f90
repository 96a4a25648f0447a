! A batch itself: it is filled, counted, run in two ways, asked about each of its operations, cleared, cancelled and closed. What
! goes into one is in the files of each type.
program batches
  use checks
  use lath
  implicit none

  call open_embedded()
  call counts_and_statuses()
  call tells_each_failure()
  call runs_again()
  call is_emptied()
  call flushes_its_updates()
  call is_the_librarys_while_under_way()
  call two_at_once()
  call cancelled_and_closed()
  call holds_many()
  call close_embedded()
  call finish('batches')

contains

  subroutine counts_and_statuses()
    call assert_equal(lath_batch_count(batch), 0, 'batch count of an empty batch')
    call must(lath_batch_run(batch, patience), 'batch run of an empty batch')
    call must(lath_batch_put(batch, 'a', 'one'), 'batch put')
    call must(lath_batch_counter_add(batch, 'b', 1_c_int64_t), 'batch counter add')
    call assert_equal(lath_batch_count(batch), 2, 'batch count')
    call must(lath_batch_status(batch, 1_c_size_t), 'batch status before the run', LATH_IN_PROGRESS)
    call must(lath_batch_run(batch, patience), 'batch run')
    call assert_equal(lath_batch_count(batch), 2, 'batch count after the run')
    call must(lath_batch_status(batch, 0_c_size_t), 'batch status of the first')
    call must(lath_batch_status(batch, 1_c_size_t), 'batch status of the last')
    call must(lath_batch_status(batch, 2_c_size_t), 'batch status past the end', LATH_E_INVALID)
  end subroutine

  ! The run answers with the failure of the lowest index; the others are done all the same.
  subroutine tells_each_failure()
    integer(c_int64_t), asynchronous :: value
    integer(c_size_t), asynchronous :: size
    character(len=4), asynchronous :: text
    value = 0
    call must(lath_batch_get(batch, 'a', text, size), 'batch get')
    call must(lath_batch_counter_get(batch, 'a', value), 'batch counter get of bytes')
    call must(lath_batch_get(batch, 'no such', text, size), 'batch get of nothing')
    call must(lath_batch_counter_get(batch, 'b', value), 'batch counter get')
    call must(lath_batch_run(batch, patience), 'batch run', LATH_E_WRONG_TYPE)
    call must(lath_batch_status(batch, 0_c_size_t), 'batch status of a get')
    call must(lath_batch_status(batch, 1_c_size_t), 'batch status of a wrong type', LATH_E_WRONG_TYPE)
    call must(lath_batch_status(batch, 2_c_size_t), 'batch status of nothing', LATH_E_NOT_FOUND)
    call must(lath_batch_status(batch, 3_c_size_t), 'batch status of a counter get')
    call assert_equal(value, 1, 'the counter that was read beside failures')
  end subroutine

  ! A batch that is run again does everything again.
  subroutine runs_again()
    integer(c_int64_t) :: value
    call must(lath_batch_counter_add(batch, 'again', 7_c_int64_t), 'batch counter add')
    call must(lath_batch_run(batch, patience), 'batch run')
    call must(lath_batch_run_nb(batch, patience, request), 'batch run nb')
    call must(lath_wait_request(session, request, patience), 'wait request of a batch')
    call must(lath_counter_get(session, 'again', value, patience), 'counter get')
    call assert_equal(value, 14, 'a counter that a batch added to in two runs')
  end subroutine

  ! By a clear, and by the first operation after a run.
  subroutine is_emptied()
    integer(c_int64_t) :: value
    call must(lath_batch_counter_add(batch, 'cleared', 1_c_int64_t), 'batch counter add after a run')
    call assert_equal(lath_batch_count(batch), 1, 'batch count after a run and one more')
    call must(lath_batch_clear(batch), 'batch clear')
    call assert_equal(lath_batch_count(batch), 0, 'batch count after a clear')
    call must(lath_batch_run(batch, patience), 'batch run after a clear')
    call must(lath_counter_get(session, 'cleared', value, patience), 'counter get of what was cleared', LATH_E_NOT_FOUND)
  end subroutine

  ! A flush comes after the updates before it.
  subroutine flushes_its_updates()
    integer(c_int64_t) :: value
    call must(lath_batch_counter_add(batch, 'flushed', 3_c_int64_t), 'batch counter add')
    call must(lath_batch_flush(batch, 0_c_int32_t), 'batch flush')
    call must(lath_batch_run(batch, patience), 'batch run with a flush')
    call must(lath_batch_status(batch, 1_c_size_t), 'batch status of the flush')
    call must(lath_counter_get(session, 'flushed', value, patience), 'counter get')
    call assert_equal(value, 3, 'a counter that was flushed')
  end subroutine

  ! A wait keeps the batch under way until there is what it waits for.
  subroutine is_the_librarys_while_under_way()
    integer(c_int64_t), asynchronous :: version
    integer(lath_request) :: again
    version = 0
    call must(lath_batch_wait(batch, 'awaited', 0_c_int64_t, version), 'batch wait')
    call must(lath_batch_run_nb(batch, patience, request), 'batch run nb')
    call must(lath_batch_put(batch, 'a', 'two'), 'batch put while under way', LATH_E_INVALID)
    call must(lath_batch_clear(batch), 'batch clear while under way', LATH_E_INVALID)
    call must(lath_batch_run(batch, patience), 'batch run while under way', LATH_E_INVALID)
    call must(lath_batch_run_nb(batch, patience, again), 'batch run nb while under way', LATH_E_INVALID)
    call must(lath_batch_status(batch, 0_c_size_t), 'batch status while under way', LATH_IN_PROGRESS)
    call must(lath_put(session, 'awaited', 'value', patience), 'put of what the batch waits for')
    call must(lath_wait_request(session, request, patience), 'wait request of a batch')
    call assert_true(version /= 0, 'the batch has waited for a version')
  end subroutine

  ! One is read while the other is under way.
  subroutine two_at_once()
    type(lath_batch) :: other
    integer(lath_request) :: requests(2)
    integer(c_int) :: statuses(2)
    integer(c_int64_t), asynchronous :: value
    value = 0
    call must(lath_batch_open(session, 0_c_size_t, other), 'batch open of another')
    call must(lath_batch_counter_add(batch, 'two', 1_c_int64_t), 'batch counter add')
    call must(lath_batch_counter_get(other, 'again', value), 'batch counter get of another')
    call must(lath_batch_put(other, 'two at once', 'x'), 'batch put of another')
    call must(lath_batch_run_nb(batch, patience, requests(1)), 'batch run nb')
    call must(lath_batch_run_nb(other, patience, requests(2)), 'batch run nb of another')
    call must(lath_wait_all(session, requests, patience, statuses), 'wait all of two batches')
    call assert_true(all(statuses == LATH_OK) .and. all(requests == 0), 'both batches have ended well')
    call assert_equal(value, 14, 'what another batch read')
    call must(lath_batch_close(other), 'batch close of another')
    call assert_equal(lath_batch_count(other), 0, 'batch count of a closed batch')
    call must(lath_batch_run(other, patience), 'batch run of a closed batch', LATH_E_CLOSED)
  end subroutine

  ! Both end what is under way, of which nobody is told.
  subroutine cancelled_and_closed()
    type(lath_batch) :: other, none
    integer(c_int64_t), asynchronous :: version
    call must(lath_batch_open(session, 1_c_size_t, other), 'batch open of another')
    call must(lath_batch_wait(other, 'never', 0_c_int64_t, version), 'batch wait')
    call must(lath_batch_run_nb(other, patience, request), 'batch run nb of a wait')
    call must(lath_cancel(session, request), 'cancel of a batch')
    call must(lath_test(session, request), 'test of a cancelled batch', LATH_E_INVALID)
    call must(lath_batch_run_nb(other, patience, request), 'batch run nb of a batch that was cancelled')
    call must(lath_batch_close(other), 'batch close while under way')
    call must(lath_test(session, request), 'test of a closed batch', LATH_E_INVALID)
    call must(lath_batch_close(none), 'batch close of none')
  end subroutine

  ! More than a session may have under way at once.
  subroutine holds_many()
    integer, parameter :: many = 5000
    integer(c_int64_t), allocatable, asynchronous :: values(:)
    character(len=8) :: key
    integer :: i
    allocate (values(many), source=-1_c_int64_t)
    do i = 1, many
      write (key, '(i8)') i
      if (lath_batch_counter_add(batch, key, int(i, c_int64_t)) /= LATH_OK) exit
    end do
    call assert_equal(lath_batch_count(batch), many, 'batch count of many')
    call must(lath_batch_run_nb(batch, patience, request), 'batch run nb of too many', LATH_E_FULL)
    call must(lath_batch_run(batch, patience), 'batch run of many')
    do i = 1, many
      write (key, '(i8)') i
      if (lath_batch_counter_get(batch, key, values(i)) /= LATH_OK) exit
    end do
    call must(lath_batch_run(batch, patience), 'batch run of many reads')
    call assert_true(all(values == [(int(i, c_int64_t), i=1, many)]), 'what many reads read')
  end subroutine
end program batches
