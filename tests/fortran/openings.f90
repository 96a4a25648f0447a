! Stores and sessions: how they are opened, with which options, and closed; and what each call says where that went wrong.
program openings
  use checks
  use group_of_one
  use lath
  implicit none

  call texts()
  call time()
  call what_was_never_opened()
  call refused_places()
  call refused_options()
  call options_are_taken()
  call optional_arguments()
  call two_sessions()
  call closing_in_order()
  call acknowledged_by_more_nodes()
  call caller_as_shard()
  call group_that_opens()
  call group_that_fails()
  call finish('openings')

contains

  subroutine texts()
    character(len=:), allocatable :: version
    integer :: dot
    version = lath_version()
    dot = index(version, '.')
    call assert_true(dot > 1 .and. verify(version, '0123456789.') == 0, 'a version is numbers and dots: ' // version)
    call assert_equal(index(lath_status_string(LATH_OK), 'LATH_OK'), 1, 'where the name of LATH_OK begins')
    call assert_equal(index(lath_status_string(LATH_E_WRONG_TYPE), 'LATH_E_WRONG_TYPE: '), 1, 'where its name begins')
    call assert_equal(index(lath_status_string(LATH_IN_PROGRESS), 'LATH_IN_PROGRESS'), 1, 'where its name begins')
    call assert_true(len(lath_status_string(12345_c_int)) > 0, 'a status that is none has a text')
  end subroutine

  subroutine time()
    call assert_equal(lath_seconds(1d0), 1000000000, 'nanoseconds of a second')
    call assert_equal(lath_seconds(2.5d-3), 2500000, 'nanoseconds of 2.5 ms')
    call assert_equal(lath_seconds(0d0), 0, 'nanoseconds of no time')
    call assert_equal(LATH_FOREVER, -1, 'LATH_FOREVER')
  end subroutine

  subroutine what_was_never_opened()
    type(lath_store) :: none
    type(lath_session) :: no_session, session
    integer(c_size_t) :: count
    integer(c_int64_t) :: epoch
    call assert_status(lath_close(none), 'close of none')
    call assert_status(lath_session_close(no_session), 'session close of none')
    call assert_status(lath_session_open(none, session=session), 'session open on none', LATH_E_INVALID)
    call assert_true(index(lath_last_error(), 'store is NULL') > 0, 'the text says that there is no store: ' // lath_last_error())
    call assert_status(lath_node_count(none, count, epoch), 'node count of none', LATH_E_INVALID)
    call assert_status(lath_progress(no_session), 'progress of none', LATH_E_INVALID)
    call assert_status(lath_put(no_session, 'key', 'value', patience), 'put on none', LATH_E_INVALID)
    call assert_true(.not. c_associated(session%handle), 'a session that was not opened is none')
  end subroutine

  subroutine refused_places()
    type(lath_options) :: options
    type(lath_store) :: store
    options%open_timeout_ns = lath_seconds(1d-3)
    call assert_status(lath_open('nowhere', options, store), 'open of nowhere', LATH_E_INVALID)
    call assert_true(index(lath_last_error(), '''nowhere''') > 0, 'the text names what was to be opened: ' // lath_last_error())
    call assert_status(lath_open('file:no/such/cluster', options, store), 'open of no file', LATH_E_NOT_FOUND)
    call assert_true(.not. c_associated(store%handle), 'a store that was not opened is none')
  end subroutine

  ! Strings of options end in a NUL, as C's do.
  subroutine refused_options()
    character(len=*), parameter :: loud = 'loud' // c_null_char
    character(len=len(loud)), target :: level
    type(lath_options) :: options
    type(lath_store) :: store
    level = loud
    options%log_level = c_loc(level)
    call assert_status(lath_open('embedded:', options, store), 'open with no such log level', LATH_E_INVALID)
    call assert_true(index(lath_last_error(), 'loud') > 0, 'the text names the log level: ' // lath_last_error())
    options%log_level = c_null_ptr
    options%size = 1
    call assert_status(lath_open('embedded:', options, store), 'open with options of no size', LATH_E_INVALID)
    options%size = 96
    options%progress = 9
    call assert_status(lath_open('embedded:', options, store), 'open with no such progress mode', LATH_E_INVALID)
  end subroutine

  ! What can be seen of them: the number of shards, of replicas, and the memory's end.
  subroutine options_are_taken()
    character(len=4), target :: level
    type(lath_options) :: options
    type(lath_store) :: store
    type(lath_session) :: session
    type(lath_node) :: node
    type(lath_place) :: places(3)
    integer(c_size_t) :: count
    level = 'off' // c_null_char
    options%shards = 3
    options%replication_nodes = 1
    options%replication_shards = 2
    options%memory_bytes = 32 * 1024 * 1024
    options%gossip_us = 100
    options%log_level = c_loc(level)
    call assert_status(lath_open('embedded:', options, store), 'open with options')
    call assert_status(lath_session_open(store, session=session), 'session open')
    call assert_status(lath_node_at(store, 0_c_size_t, node), 'node at 0')
    call assert_equal(node%shards, 3, 'shards as in the options')
    call assert_status(lath_places(store, 'key', places, count), 'places')
    call assert_equal(count, 2, 'replicas as in the options')
    call assert_status(lath_put(session, 'large', repeat('x', 33 * 1024 * 1024), patience), &
      'put of more than the memory', LATH_E_FULL)
    call assert_status(lath_session_close(session), 'session close')
    call assert_status(lath_close(store), 'close')
  end subroutine

  ! How the module hands them on: absent ones as NULL, others as they lie.
  subroutine optional_arguments()
    type(lath_options), target :: options
    type(lath_session_options), target :: session_options
    type(c_ptr) :: at, lies ! gfortran 12 has an internal error where c_loc is inside c_associated
    at = lath_options_at()
    call assert_true(.not. c_associated(at), 'absent options are NULL')
    at = lath_session_options_at()
    call assert_true(.not. c_associated(at), 'absent session options are NULL')
    at = lath_options_at(options)
    lies = c_loc(options)
    call assert_true(c_associated(at, lies), 'options are handed on as they lie')
    at = lath_session_options_at(session_options)
    lies = c_loc(session_options)
    call assert_true(c_associated(at, lies), 'session options are handed on as they lie')
  end subroutine

  ! One sees what the other wrote, and each has errors of its own.
  subroutine two_sessions()
    type(lath_session) :: other
    character(len=8) :: value
    integer(c_size_t) :: size
    call open_embedded()
    call assert_status(lath_session_open(store, session=other), 'session open of another')
    call assert_equal(lath_last_error(other), '', 'the last error of a session that had none')
    call must(lath_put(session, 'shared', 'value', patience), 'put')
    call assert_status(lath_get(other, 'shared', value, size, patience), 'get of another session')
    call assert_equal(value(1:size), 'value', 'what another session put')
    call must(lath_put(session, '', 'value', patience), 'put with no key', LATH_E_INVALID)
    call assert_true(len(lath_last_error(session)) > 0, 'a session that had an error tells it')
    call assert_equal(lath_last_error(other), '', 'the last error of the other session')
    call assert_status(lath_session_close(other), 'session close of another')
    call close_embedded()
  end subroutine

  ! A store is closed after its sessions, and what is closed says so.
  subroutine closing_in_order()
    call open_embedded()
    call assert_status(lath_close(store), 'close with a session open', LATH_E_INVALID)
    call must(lath_put(session, 'still', 'open', patience), 'put after a close that was refused')
    call close_embedded()
    call assert_status(lath_progress(session), 'progress of a closed session', LATH_E_CLOSED)
    call assert_status(lath_session_close(session), 'session close again', LATH_E_CLOSED)
    call assert_status(lath_close(store), 'close again', LATH_E_INVALID)
  end subroutine

  ! Than there are: nothing is applied.
  subroutine acknowledged_by_more_nodes()
    type(lath_session_options) :: options
    type(lath_session) :: strict
    character(len=8) :: value
    integer(c_size_t) :: size
    call open_embedded()
    call assert_equal(options%ack_nodes, 1, 'ack_nodes by default')
    options%ack_nodes = 0
    call assert_status(lath_session_open(store, options, strict), 'session open with no ack_nodes', LATH_E_INVALID)
    options%ack_nodes = 2
    call assert_status(lath_session_open(store, options, strict), 'session open with two ack_nodes')
    call assert_status(lath_put(strict, 'strict', 'value', patience), 'put that two nodes shall hold', LATH_E_INVALID)
    call must(lath_get(session, 'strict', value, size, patience), 'get of what was not applied', LATH_E_NOT_FOUND)
    call assert_status(lath_session_close(strict), 'session close')
    call close_embedded()
  end subroutine

  ! The session's thread is the shard: its own calls are all that moves it.
  subroutine caller_as_shard()
    type(lath_options) :: options
    type(lath_store) :: store
    type(lath_session) :: session
    integer(c_int64_t) :: value
    options%shards = 1
    options%progress = LATH_PROGRESS_CALLER
    call assert_status(lath_open('embedded:', options, store), 'open with the caller as shard')
    call assert_status(lath_session_open(store, session=session), 'session open')
    call assert_status(lath_counter_add(session, 'counter', 6_c_int64_t, patience), 'counter add')
    call assert_status(lath_progress(session), 'progress')
    call assert_status(lath_counter_get(session, 'counter', value, patience), 'counter get')
    call assert_equal(value, 6, 'the counter of a shard that is the caller')
    call assert_status(lath_session_close(session), 'session close')
    call assert_status(lath_close(store), 'close')
  end subroutine

  subroutine group_that_opens()
    type(group_record), target :: record
    type(lath_options) :: options
    type(lath_store) :: store
    integer(c_size_t) :: count
    integer(c_int64_t) :: epoch
    options%shards = 1
    call assert_status(lath_open_group(new_group(record), options, store), 'open group')
    call assert_true(record%gathers > 0, 'a group that opens gathers')
    call assert_status(lath_node_count(store, count, epoch), 'node count')
    call assert_equal(count, 1, 'nodes of a group of one')
    call assert_status(lath_close(store), 'close')
  end subroutine

  subroutine group_that_fails()
    type(group_record), target :: record
    type(lath_group) :: group, none
    type(lath_store) :: store
    record%error = 5
    call assert_status(lath_open_group(new_group(record), store=store), 'open group whose broadcast fails', LATH_E_IO)
    call assert_equal(record%broadcasts, 1, 'broadcasts until one failed')
    call assert_true(index(lath_last_error(), 'broadcast failed: the only process is on holiday') > 0, &
      'the text has what the group explained')
    group = new_group(record)
    group%rank = 1
    call assert_status(lath_open_group(group, store=store), 'open group of a rank beyond it', LATH_E_INVALID)
    call assert_status(lath_open_group(none, store=store), 'open group of none', LATH_E_INVALID)
  end subroutine
end program openings
