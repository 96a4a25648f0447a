! Requests themselves: they are tested, waited for, told once, cancelled, and waited for together. What is begun by one is in the
! files of each type.
program requests
  use checks
  use lath
  implicit none

  call open_embedded()
  call tested_until_it_ends()
  call told_once()
  call waited_for_in_pieces()
  call waited_for_together()
  call first_failure_of_many()
  call some_go_on()
  call cancelled()
  call too_many()
  call statuses_without_room()
  call out_of_time()
  call close_embedded()
  call finish('requests')

contains

  ! The loop is bounded by the request's own deadline.
  subroutine tested_until_it_ends()
    integer(c_int64_t), asynchronous :: value
    integer(c_int) :: status
    call must(lath_counter_add(session, 'tested', 3_c_int64_t, patience), 'counter add')
    value = 0
    call must(lath_counter_get_nb(session, 'tested', value, patience, request), 'counter get nb')
    call assert_true(request /= 0, 'a request has a name that is not 0')
    status = LATH_IN_PROGRESS
    do while (status == LATH_IN_PROGRESS)
      status = lath_test(session, request)
    end do
    call must(status, 'test of a counter get nb')
    call assert_equal(value, 3, 'what a request read that was tested until it ended')
  end subroutine

  subroutine told_once()
    integer(c_size_t), asynchronous :: size
    call must(lath_put_nb(session, 'once', 'value', patience, request), 'put nb')
    call must(lath_wait_request(session, request, patience), 'wait request')
    call must(lath_wait_request(session, request, patience), 'wait request again', LATH_E_INVALID)
    call must(lath_test(session, request), 'test of what was told', LATH_E_INVALID)
    call must(lath_cancel(session, request), 'cancel of what was told', LATH_E_INVALID)
    call must(lath_test(session, 0_lath_request), 'test of none', LATH_E_INVALID)
    call must(lath_get_nb(session, 'no such', c_null_ptr, 0_c_size_t, size, patience, request), 'get nb of nothing')
    call must(lath_wait_request(session, request, patience), 'wait request of nothing', LATH_E_NOT_FOUND)
    call assert_true(index(lath_last_error(session), 'no such') > 0, 'the text of a request that failed names the key')
  end subroutine

  ! A wait that is not long enough says so, and the request goes on.
  subroutine waited_for_in_pieces()
    integer(c_int64_t), asynchronous :: version
    version = 0
    call must(lath_wait_nb(session, 'in pieces', 0_c_int64_t, version, patience, request), 'wait nb')
    call must(lath_wait_request(session, request, 0_c_int64_t), 'wait request for no time', LATH_IN_PROGRESS)
    call must(lath_wait_request(session, request, lath_seconds(1d-3)), 'wait request for a millisecond', LATH_IN_PROGRESS)
    call must(lath_progress(session), 'progress')
    call must(lath_put(session, 'in pieces', 'value', patience), 'put of what is waited for')
    call must(lath_wait_request(session, request, LATH_FOREVER), 'wait request for ever')
    call assert_true(version /= 0, 'wait nb gives a version')
  end subroutine

  ! Every second one, by a section that is not contiguous: the others are left as they are.
  subroutine waited_for_together()
    integer(lath_request) :: many(6)
    integer(c_int) :: statuses(3)
    integer(c_int64_t) :: value
    integer :: i
    many = 0
    do i = 1, 5, 2
      call must(lath_counter_add_nb(session, 'together', 10_c_int64_t**(i / 2), patience, many(i)), 'counter add nb')
    end do
    statuses = -1
    call must(lath_wait_all(session, many(1:5:2), patience, statuses), 'wait all of a section')
    call assert_true(all(many == 0), 'wait all makes 0 of those that ended')
    call assert_true(all(statuses == LATH_OK), 'statuses of those that ended well')
    call must(lath_counter_get(session, 'together', value, patience), 'counter get')
    call assert_equal(value, 111, 'what three requests added')
    call must(lath_wait_all(session, many, patience), 'wait all of none')
    call must(lath_wait_all(session, many(1:0), patience), 'wait all of an empty array')
  end subroutine

  subroutine first_failure_of_many()
    integer(lath_request) :: many(4)
    integer(c_int) :: statuses(4)
    integer(c_int64_t), asynchronous :: values(3)
    values = -1
    many(2) = 0
    call must(lath_counter_get_nb(session, 'together', values(1), patience, many(1)), 'counter get nb')
    call must(lath_counter_get_nb(session, 'none', values(2), patience, many(3)), 'counter get nb of nothing')
    call must(lath_counter_get_nb(session, 'once', values(3), patience, many(4)), 'counter get nb of bytes')
    call must(lath_wait_all(session, many, patience, statuses), 'wait all', LATH_E_NOT_FOUND)
    call assert_true(all(statuses == [LATH_OK, LATH_OK, LATH_E_NOT_FOUND, LATH_E_WRONG_TYPE]), 'statuses of those that failed too')
    call assert_true(all(many == 0) .and. all(values == [111, -1, -1]), 'those that failed have ended, and wrote nothing')
  end subroutine

  subroutine some_go_on()
    integer(lath_request) :: many(2)
    integer(c_int) :: statuses(2)
    integer(c_int64_t), asynchronous :: version
    call must(lath_wait_nb(session, 'goes on', 0_c_int64_t, version, patience, many(1)), 'wait nb')
    call must(lath_flush_nb(session, 0_c_int32_t, patience, many(2)), 'flush nb')
    call must(lath_wait_all(session, many, lath_seconds(1d-3), statuses), 'wait all for a millisecond', LATH_IN_PROGRESS)
    call assert_true(many(1) /= 0 .and. statuses(1) == LATH_IN_PROGRESS, 'the one that goes on keeps its name')
    call must(lath_put(session, 'goes on', 'value', patience), 'put of what is waited for')
    call must(lath_wait_all(session, many, patience, statuses), 'wait all of the rest')
    call assert_true(all(many == 0) .and. all(statuses == LATH_OK), 'the rest has ended')
  end subroutine

  subroutine cancelled()
    integer(c_int64_t), asynchronous :: version
    version = -1
    call must(lath_wait_nb(session, 'never', 0_c_int64_t, version, LATH_FOREVER, request), 'wait nb')
    call must(lath_cancel(session, request), 'cancel')
    call must(lath_test(session, request), 'test of what was cancelled', LATH_E_INVALID)
    call must(lath_put(session, 'never', 'after all', patience), 'put of what was waited for')
    call assert_equal(version, -1, 'the variable of a request that was cancelled')
  end subroutine

  subroutine too_many()
    integer(lath_request), allocatable :: many(:)
    integer(c_int64_t), asynchronous :: version
    integer :: i
    allocate (many(LATH_REQUESTS_MAX), source=0_lath_request)
    do i = 1, size(many)
      if (lath_wait_nb(session, 'too many', 0_c_int64_t, version, patience, many(i)) /= LATH_OK) exit
    end do
    call assert_equal(count(many /= 0), int(LATH_REQUESTS_MAX), 'requests under way')
    call must(lath_put_nb(session, 'one more', 'value', patience, request), 'put nb of one more', LATH_E_FULL)
    do i = 1, size(many)
      if (lath_cancel(session, many(i)) /= LATH_OK) exit
    end do
    call assert_equal(i - 1, int(LATH_REQUESTS_MAX), 'requests cancelled')
    call ended(lath_put_nb(session, 'one more', 'value', patience, request), 'put nb after they were cancelled')
  end subroutine

  ! Of the module's own: fewer statuses than requests.
  subroutine statuses_without_room()
    integer(lath_request) :: many(2)
    integer(c_int) :: statuses(1)
    many = 0
    call must(lath_wait_all(session, many, patience, statuses), 'wait all with too few statuses', LATH_E_TOO_SMALL)
  end subroutine

  ! A request ends by its own deadline.
  subroutine out_of_time()
    integer(c_int64_t), asynchronous :: version
    call must(lath_wait_nb(session, 'too late', 0_c_int64_t, version, lath_seconds(1d-3), request), 'wait nb for a millisecond')
    call must(lath_wait_request(session, request, patience), 'wait request of what had a millisecond', LATH_E_TIMEOUT)
  end subroutine
end program requests
