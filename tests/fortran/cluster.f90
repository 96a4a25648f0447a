! Looking at the cluster: its nodes, where a key lives on the ring, and what a shard has counted. On a node of two shards, of which
! each holds every key.
program cluster
  use checks
  use lath
  implicit none

  call open_embedded(shards=2)
  call nodes()
  call places()
  call places_of_one_key_are_its_own()
  call stats()
  call stats_count()
  call refusals()
  call close_embedded()
  call finish('cluster')

contains

  ! The characters before the first NUL.
  function text_of(bytes) result(text)
    character(kind=c_char), intent(in) :: bytes(:)
    character(len=:), allocatable :: text
    integer :: i
    text = ''
    do i = 1, size(bytes)
      if (bytes(i) == c_null_char) exit
      text = text // bytes(i)
    end do
  end function

  subroutine nodes()
    type(lath_node) :: node
    integer(c_size_t) :: count
    integer(c_int64_t) :: epoch, again
    call assert_status(lath_node_count(store, count, epoch), 'node count')
    call assert_equal(count, 1, 'node count')
    call assert_status(lath_node_count(store, count, again), 'node count again')
    call assert_equal(again, epoch, 'the epoch of a view that is the same')
    node%node = 99
    call assert_status(lath_node_at(store, 0_c_size_t, node), 'node at 0')
    call assert_equal(node%node, 0, 'the name of the only node')
    call assert_equal(node%shards, 2, 'shards of the only node')
    call assert_equal(text_of(node%state), 'alive', 'the state of the only node')
    call assert_true(len(text_of(node%host)) > 0, 'the only node has the name of its host')
    call assert_true(node%incarnation > 0, 'the only node has an incarnation')
    call assert_status(lath_node_at(store, 1_c_size_t, node), 'node at 1', LATH_E_NOT_FOUND)
    call assert_true(index(lath_last_error(), 'lath_node_at') > 0, 'the text of it names the call')
    node%size = 8
    call assert_status(lath_node_at(store, 0_c_size_t, node), 'node at with a size that is none', LATH_E_INVALID)
  end subroutine

  subroutine places()
    type(lath_place) :: found(4)
    integer(c_size_t) :: count
    call assert_status(lath_places(store, 'key', found, count), 'places')
    call assert_equal(count, 2, 'replicas of a key')
    call assert_true(all(found(1:2)%node == 0), 'replicas are on the only node')
    call assert_equal(sum(found(1:2)%shard), 1, 'the sum of the shards 0 and 1')
    count = 0
    call assert_status(lath_places(store, 'key', found(1:1), count), 'places with too little room', LATH_E_TOO_SMALL)
    call assert_equal(count, 2, 'the room that places needs')
    call assert_status(lath_places(store, '', found, count), 'places of no key', LATH_E_INVALID)
  end subroutine

  ! Of many keys each shard is the primary of some, and a key's places are the same each time.
  subroutine places_of_one_key_are_its_own()
    type(lath_place) :: found(2), again(2)
    integer(c_size_t) :: count
    integer :: i, primaries(0:1)
    primaries = 0
    do i = 1, 64
      call assert_status(lath_places(store, 'key' // achar(i), found, count), 'places of one of many')
      call assert_status(lath_places(store, 'key' // achar(i), again, count), 'places of one of many, again')
      call assert_true(all(found%shard == again%shard), 'places of a key do not change')
      primaries(found(1)%shard) = primaries(found(1)%shard) + 1
    end do
    call assert_true(all(primaries > 0), 'each shard is the primary of some keys')
  end subroutine

  ! Each is a text "name=value", where the value is a number.
  subroutine stats()
    character(len=16384) :: list
    character(len=:), allocatable :: member
    integer(c_size_t) :: size, position
    integer :: told, equals
    call must(lath_shard_stats(session, lath_place(0, 1), list, size, patience), 'shard stats')
    told = 0
    position = 0
    do while (lath_list_next(list(1:size), position, member))
      equals = index(member, '=')
      call assert_true(equals > 1 .and. verify(member(equals + 1:), '0123456789') == 0, 'a statistic is name=value: ' // member)
      told = told + 1
    end do
    call assert_equal(lath_list_count(list(1:size)), told, 'list count of statistics')
    call assert_true(told > 10, 'there are many statistics')
  end subroutine

  ! Of the statistic `name` of all shards.
  function total_of(name) result(total)
    character(len=*), intent(in) :: name
    character(len=16384) :: list
    character(len=:), allocatable :: member
    integer(c_size_t) :: size, position
    integer(c_int64_t) :: total, value
    integer :: shard
    total = 0
    do shard = 0, 1
      call must(lath_shard_stats(session, lath_place(0, shard), list, size, patience), 'shard stats')
      position = 0
      do while (lath_list_next(list(1:size), position, member))
        if (index(member, name // '=') /= 1) cycle
        read (member(len(name) + 2:), *) value
        total = total + value
      end do
    end do
  end function

  ! Every replica of a key is one of this node's two shards.
  subroutine stats_count()
    integer(c_int64_t) :: before
    integer :: i
    before = total_of('keys')
    do i = 1, 5
      call must(lath_put(session, 'counted' // achar(i), 'value', patience), 'put')
    end do
    call must(lath_flush(session, 0_c_int32_t, patience), 'flush to every replica')
    call assert_equal(total_of('keys') - before, 10, 'keys that two shards hold after five puts')
  end subroutine

  subroutine refusals()
    character(len=16) :: list
    integer(c_size_t) :: size
    size = 0
    call must(lath_shard_stats(session, lath_place(0, 0), list, size, patience), 'shard stats into too little', LATH_E_TOO_SMALL)
    call assert_true(size > len(list), 'shard stats tell the size that they need')
    call must(lath_shard_stats(session, lath_place(0, 2), list, size, patience), 'shard stats of no shard', LATH_E_NOT_FOUND)
    call must(lath_shard_stats(session, lath_place(7, 0), list, size, patience), 'shard stats of no node', LATH_E_NOT_FOUND)
  end subroutine
end program cluster
