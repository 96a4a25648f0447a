! Each shape of call of the Fortran module, through its generic name; the other files here have each call.
program every_call
  use checks
  use lath
  implicit none

  interface
    function lath_test_defaults(options, session_options) bind(C, name="lath_test_defaults") result(are_equal)
      import
      type(lath_options), intent(in) :: options
      type(lath_session_options), intent(in) :: session_options
      integer(c_int) :: are_equal
    end function
  end interface

  type(lath_options) :: options
  type(lath_session_options) :: session_options
  integer(c_int64_t), parameter :: t = patience

  call assert_true(lath_test_defaults(options, session_options) == 1, 'a declared option type is LATH_..._INIT')
  call open_embedded()
  call strings()
  call numbers()
  call arrays()
  call tensors()
  call collections()
  call requests_and_batches()
  call refusals()
  call cluster()
  call close_embedded()
  call assert_true(lath_progress(session) == LATH_E_CLOSED, 'a closed session says so')
  call finish('every_call')

contains

  subroutine strings()
    character(len=8) :: value
    character(len=:), allocatable, target :: large
    integer(c_size_t) :: size
    real(c_double), target :: pair(2) = [1.5d0, 2.5d0], back(2) = 0
    call must(lath_put(session, 'greeting', 'hello', t), 'put')
    call must(lath_get(session, 'greeting', value, size, t), 'get')
    call assert_true(size == 5 .and. value(1:5) == 'hello', 'get gives what put wrote')
    call must(lath_put(session, 'trailing ', ' ', t), 'put of a key with a blank at its end')
    call assert_true(lath_get(session, 'trailing', value, size, t) == LATH_E_NOT_FOUND, 'blanks belong to keys')
    call must(lath_put(session, 'empty', '', t), 'put of nothing')
    call must(lath_get(session, 'empty', value, size, t), 'get of nothing')
    call assert_true(size == 0, 'nothing is 0 bytes')
    call assert_true(lath_get(session, 'greeting', value(1:2), size, t) == LATH_E_TOO_SMALL .and. size == 5, &
      'the size that is needed')
    call must(lath_put(session, 'pair', c_loc(pair), 16_c_size_t, t), 'put of what is no string')
    call must(lath_get(session, 'pair', c_loc(back), 16_c_size_t, size, t), 'get of what is no string')
    call assert_true(size == 16 .and. all(abs(pair - back) <= 0), 'its bytes are the same')
    large = repeat('x', 65537)
    call must(lath_put(session, 'large', large, t), 'put of a large value')
    large(:) = ' '
    call must(lath_get(session, 'large', large, size, t), 'get of a large value')
    call assert_true(size == 65537 .and. large == repeat('x', 65537), 'a large value is as it was put')
    call must(lath_erase(session, 'greeting', t), 'erase')
    call assert_true(lath_get(session, 'greeting', value, size, t) == LATH_E_NOT_FOUND, 'what is erased is gone')
  end subroutine

  subroutine numbers()
    integer(c_int64_t) :: i
    real(c_double) :: x
    call must(lath_counter_add(session, 'c', -2_c_int64_t, t), 'counter add')
    call must(lath_counter_get(session, 'c', i, t), 'counter get')
    call assert_true(i == -2, 'the counter')
    call must(lath_grow_counter_add(session, 'g', 3_c_int64_t, t), 'grow-counter add')
    call must(lath_grow_counter_get(session, 'g', i, t), 'grow-counter get')
    call assert_true(i == 3, 'the grow-counter')
    call must(lath_max_i64_merge(session, 'mi', -7_c_int64_t, t), 'max i64 merge')
    call must(lath_max_i64_get(session, 'mi', i, t), 'max i64 get')
    call assert_true(i == -7, 'the greatest integer')
    call must(lath_min_f64_merge(session, 'mf', 2.5d0, t), 'min f64 merge')
    call must(lath_min_f64_get(session, 'mf', x, t), 'min f64 get')
    call assert_true(abs(x - 2.5d0) <= 0, 'the least number')
    call must(lath_wait(session, 'c', 0_c_int64_t, i, t), 'wait')
    call assert_true(i /= 0, 'a version')
  end subroutine

  ! Of any rank and kind, in place; what is not contiguous is refused.
  subroutine arrays()
    real(c_float) :: r4(2, 3), r4_back(2, 3), scalar
    real(c_double) :: r8(2, 2, 2), r8_back(2, 2, 2)
    integer(c_int32_t) :: i4(4), i4_back(4)
    integer(c_int64_t) :: i8(3, 2), i8_back(3, 2)
    integer(c_size_t) :: count
    integer :: i
    r4 = reshape([(real(i), i=1, 6)], [2, 3])
    r8 = reshape([(dble(i), i=1, 8)], [2, 2, 2])
    i4 = [4, -3, 2, 1]
    i8 = reshape([(int(i, c_int64_t), i=1, 6)], [3, 2])
    call must(lath_array_merge(session, 'r4', LATH_MAX, r4, t), 'merge of real32')
    call must(lath_array_get(session, 'r4', LATH_MAX, r4_back, count, t), 'get of real32')
    call assert_true(count == 6 .and. all(abs(r4 - r4_back) <= 0), 'a matrix comes back as it lay')
    call must(lath_array_merge(session, 'r8', LATH_SUM, r8, t), 'merge of real64')
    call must(lath_array_merge(session, 'r8', LATH_SUM, r8, t), 'merge of real64 again')
    call must(lath_array_get(session, 'r8', LATH_SUM, r8_back, count, t), 'get of real64')
    call assert_true(all(abs(2 * r8 - r8_back) <= 0), 'sums of a cube')
    call must(lath_array_merge(session, 'i4', LATH_MIN, i4, t), 'merge of int32')
    call must(lath_array_get(session, 'i4', LATH_MIN, i4_back, count, t), 'get of int32')
    call assert_true(all(i4 == i4_back), 'integers of 4 bytes')
    call must(lath_array_merge(session, 'i8', LATH_SUM, i8(:, 2), t), 'merge of a column of int64')
    call must(lath_array_get(session, 'i8', LATH_SUM, i8_back(:, 1), count, t), 'get of int64')
    call assert_true(count == 3 .and. all(i8(:, 2) == i8_back(:, 1)), 'a column is contiguous')
    call must(lath_array_merge(session, 'scalar', LATH_SUM, 4.0_c_float, t), 'merge of a scalar')
    call must(lath_array_get(session, 'scalar', LATH_SUM, scalar, count, t), 'get of a scalar')
    call assert_true(count == 1 .and. abs(scalar - 4) <= 0, 'a scalar is an array of one')
    call assert_true(lath_array_merge(session, 'row', LATH_SUM, i8(2, :), t) == LATH_E_INVALID, 'a row is not contiguous')
    call assert_true(index(lath_last_error(session), 'elements is NULL') > 0, 'and the text says so: ' // lath_last_error(session))
  end subroutine

  subroutine collections()
    character(len=256), target :: list
    character(len=64), target :: context
    character(len=:), allocatable :: member
    integer(c_size_t) :: size, position
    integer(c_int64_t) :: count
    integer(c_int) :: contains
    type(lath_siblings) :: siblings
    call must(lath_set_add(session, 's', 'b', t), 'set add')
    call must(lath_set_add(session, 's', 'abc', t), 'set add')
    call must(lath_set_contains(session, 's', 'b', contains, t), 'set contains')
    call assert_true(contains == 1, 'the element is there')
    call must(lath_set_members(session, 's', list, size, t), 'set members')
    position = 0
    call assert_true(lath_list_count(list(1:size)) == 2, 'two members')
    call assert_true(lath_list_next(list(1:size), position, member), 'a first member')
    call assert_true(member == 'abc', 'in order')
    call assert_true(lath_list_next(list(1:size), position, member), 'a second member')
    call assert_true(.not. lath_list_next(list(1:size), position, member), 'and no third')
    call must(lath_map_put(session, 'm', 'name', 'lath', t), 'map put')
    call must(lath_map_set_add(session, 'm', 'hosts', 'n1', t), 'map set add')
    call must(lath_map_fields(session, 'm', list, size, t), 'map fields')
    call assert_true(lath_list_count(list(1:size)) == 2, 'two fields')
    call must(lath_hll_add(session, 'h', 'word', t), 'hll add')
    call must(lath_hll_count(session, 'h', count, t), 'hll count')
    call assert_true(count == 1, 'one distinct')
    call must(lath_mv_put(session, 'v', '', 'one', t), 'mv put')
    siblings%context = c_loc(context)
    siblings%context_capacity = len(context)
    siblings%list = c_loc(list)
    siblings%list_capacity = len(list)
    call must(lath_mv_get(session, 'v', siblings, t), 'mv get')
    call assert_true(lath_list_count(list(1:siblings%list_size)) == 1, 'one sibling')
    call must(lath_mv_put(session, 'v', context(1:siblings%context_size), 'two', t), 'mv put with its context')
  end subroutine

  ! Column-major as Fortran has it, small and large, and a part of a larger array; from memory of our own and of Lath's.
  subroutine tensors()
    real(c_double), allocatable, target :: field(:, :), back(:, :), haloed(:, :)
    real(c_double), pointer :: given(:, :)
    type(lath_tensor) :: tensor, shape_of_it
    type(c_ptr) :: memory
    integer(lath_request) :: request
    integer :: i, j
    allocate (field(300, 200), back(300, 200), haloed(304, 204))
    do j = 1, 200
      field(:, j) = [(1000 * i + j, i=1, 300)]
    end do
    tensor%order = LATH_COLUMN_MAJOR
    tensor%dim_count = 2
    tensor%dims(1:2) = [300_c_int64_t, 200_c_int64_t]
    tensor%data = c_loc(field)
    call must(lath_tensor_put(session, 'tensor', tensor, t), 'tensor put')
    call must(lath_tensor_get(session, 'tensor', shape_of_it, t), 'tensor get of the shape')
    call assert_true(all(shape_of_it%dims(1:2) == tensor%dims(1:2)) .and. shape_of_it%order == LATH_COLUMN_MAJOR, 'its shape')
    back = 0
    tensor%data = c_loc(back)
    call must(lath_tensor_get(session, 'tensor', tensor, t), 'tensor get')
    call assert_true(all(abs(back - field) <= 0), 'the tensor is as it was put')
    haloed = -1
    tensor%data = c_loc(haloed(3, 3))
    tensor%strides(1:2) = [1_c_int64_t, 304_c_int64_t]
    call must(lath_tensor_get(session, 'tensor', tensor, t), 'tensor get into a part')
    call assert_true(all(abs(haloed(3:302, 3:202) - field) <= 0), 'the part')
    call assert_true(count(haloed < 0) == 304 * 204 - 300 * 200, 'and no more')
    call must(lath_alloc(store, 480000_c_size_t, memory), 'alloc')
    call c_f_pointer(memory, given, [300, 200])
    given = 2 * field
    tensor%strides = 0
    tensor%data = memory
    call must(lath_tensor_put(session, 'tensor', tensor, t), 'tensor put from given memory')
    call must(lath_free(store, memory), 'free')
    call must(lath_register(store, c_loc(back), 480000_c_size_t), 'register')
    tensor%data = c_loc(back)
    call must(lath_tensor_get(session, 'tensor', tensor, t), 'tensor get into registered memory')
    call assert_true(all(abs(back - 2 * field) <= 0), 'the second tensor is as it was put')
    call must(lath_unregister(store, c_loc(back)), 'unregister')
    tensor%data = c_loc(field)
    call must(lath_tensor_put_nb(session, 'tensor', tensor, t, request), 'tensor put, begun')
    call must(lath_wait_request(session, request, t), 'tensor put')
    tensor%data = c_loc(back)
    call must(lath_tensor_get_nb(session, 'tensor', tensor, t, request), 'tensor get, begun')
    call must(lath_wait_request(session, request, t), 'tensor get')
    call assert_true(all(abs(back - field) <= 0), 'the third tensor is as it was put')
  end subroutine

  subroutine requests_and_batches()
    integer(c_int64_t), asynchronous :: value
    integer(lath_request), asynchronous :: requests(2)
    integer(c_int) :: statuses(2)
    real(c_double), asynchronous :: sums(2, 2)
    integer(c_size_t), asynchronous :: count
    call must(lath_counter_add_nb(session, 'nb', 5_c_int64_t, t, requests(1)), 'counter add nb')
    call must(lath_wait_request(session, requests(1), t), 'wait request')
    call must(lath_counter_get_nb(session, 'nb', value, t, requests(1)), 'counter get nb')
    call must(lath_flush_nb(session, 0_c_int32_t, t, requests(2)), 'flush nb')
    call must(lath_wait_all(session, requests, t, statuses), 'wait all')
    call assert_true(value == 5 .and. all(requests == 0) .and. all(statuses == LATH_OK), 'all have ended')
    call must(lath_batch_array_merge(batch, 'batched', LATH_SUM, reshape([1d0, 2d0, 3d0, 4d0], [2, 2])), 'batch array merge')
    call must(lath_batch_flush(batch, 0_c_int32_t), 'batch flush')
    call must(lath_batch_run_nb(batch, t, requests(1)), 'batch run nb')
    call must(lath_wait_request(session, requests(1), t), 'wait for a batch')
    call must(lath_batch_array_get(batch, 'batched', LATH_SUM, sums, count), 'batch array get')
    call must(lath_batch_run(batch, t), 'batch run')
    call assert_true(count == 4 .and. abs(sums(2, 1) - 2) <= 0, 'a batch fills a matrix')
    call assert_true(lath_batch_count(batch) == 1, 'a batch can be counted')
    call assert_true(lath_batch_status(batch, 0_c_size_t) == LATH_OK, 'a batch can be asked')
  end subroutine

  subroutine refusals()
    type(lath_session) :: none
    type(lath_store) :: no_store
    integer(c_int64_t) :: value
    call assert_true(lath_counter_get(session, 'pair', value, t) == LATH_E_WRONG_TYPE, 'a wrong type')
    call assert_true(index(lath_last_error(session), 'holds bytes, and counter get is for a counter') > 0, lath_last_error(session))
    call assert_true(lath_counter_get(none, 'pair', value, t) == LATH_E_INVALID, 'no session')
    call assert_true(index(lath_last_error(), 'session is NULL') > 0, lath_last_error())
    call assert_true(lath_counter_get(session, '', value, t) == LATH_E_INVALID, 'no key')
    call assert_true(lath_open('nowhere', store=no_store) == LATH_E_INVALID, 'no such store')
    call assert_true(index(lath_status_string(LATH_E_TIMEOUT), 'LATH_E_TIMEOUT') == 1, 'statuses have texts')
    call assert_true(len(lath_version()) > 4, 'a version')
  end subroutine

  subroutine cluster()
    type(lath_node) :: node
    type(lath_place) :: places(4)
    integer(c_size_t) :: count, size
    integer(c_int64_t) :: epoch
    character(len=16384) :: list
    call must(lath_node_count(store, count, epoch), 'node count')
    call must(lath_node_at(store, 0_c_size_t, node), 'node at')
    call assert_true(count == 1 .and. node%shards == 1 .and. node%state(1) == 'a', 'one node with one shard, alive')
    call assert_true(lath_places(store, 'k', places, count) == LATH_OK .and. count == 1, 'one replica')
    call must(lath_shard_stats(session, places(1), list, size, t), 'shard stats')
    call assert_true(lath_list_count(list(1:size)) > 10, 'many counters')
  end subroutine
end program every_call
