! Sets, those that only grow and those with removal; distinct counts; and packed lists, in which members come. Written by one way of
! the three (in the call, by a request, in a batch) and read by another.
program sets
  use checks
  use lath
  implicit none

  call open_embedded()
  call gset()
  call gset_contains()
  call set_adds()
  call set_removes()
  call set_contains()
  call hll()
  call hll_of_many()
  call lists()
  call no_lists()
  call refusals()
  call close_embedded()
  call finish('sets')

contains

  subroutine gset()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_gset_add(session, 'gset', 'b', patience), 'gset add')
    call ended(lath_gset_members_nb(session, 'gset', list, size, patience, request), 'gset members nb')
    call assert_equal(joined(list(1:size)), 'b', 'members after gset add')
    call ended(lath_gset_add_nb(session, 'gset', 'a', patience, request), 'gset add nb')
    call ran(lath_batch_gset_members(batch, 'gset', list, size), 'batch gset members')
    call assert_equal(joined(list(1:size)), 'a|b', 'members after gset add nb')
    call ran(lath_batch_gset_add(batch, 'gset', 'c'), 'batch gset add')
    call must(lath_gset_add(session, 'gset', 'b', patience), 'gset add of a member')
    call must(lath_gset_members(session, 'gset', list, size, patience), 'gset members')
    call assert_equal(joined(list(1:size)), 'a|b|c', 'members after batch gset add, each once')
  end subroutine

  subroutine gset_contains()
    integer(c_int), asynchronous :: contains
    contains = -1
    call must(lath_gset_contains(session, 'gset', 'a', contains, patience), 'gset contains')
    call assert_equal(contains, 1, 'gset contains of a member')
    call must(lath_gset_contains(session, 'gset', 'x', contains, patience), 'gset contains')
    call assert_equal(contains, 0, 'gset contains of no member')
    call ended(lath_gset_contains_nb(session, 'gset', 'b', contains, patience, request), 'gset contains nb')
    call assert_equal(contains, 1, 'gset contains nb of a member')
    call ended(lath_gset_contains_nb(session, 'gset', 'y', contains, patience, request), 'gset contains nb')
    call assert_equal(contains, 0, 'gset contains nb of no member')
    call ran(lath_batch_gset_contains(batch, 'gset', 'c', contains), 'batch gset contains')
    call assert_equal(contains, 1, 'batch gset contains of a member')
    call ran(lath_batch_gset_contains(batch, 'gset', 'z', contains), 'batch gset contains')
    call assert_equal(contains, 0, 'batch gset contains of no member')
  end subroutine

  subroutine set_adds()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_set_add(session, 'set', 'b', patience), 'set add')
    call ended(lath_set_members_nb(session, 'set', list, size, patience, request), 'set members nb')
    call assert_equal(joined(list(1:size)), 'b', 'members after set add')
    call ended(lath_set_add_nb(session, 'set', 'a', patience, request), 'set add nb')
    call ran(lath_batch_set_members(batch, 'set', list, size), 'batch set members')
    call assert_equal(joined(list(1:size)), 'a|b', 'members after set add nb')
    call ran(lath_batch_set_add(batch, 'set', 'c'), 'batch set add')
    call must(lath_set_add(session, 'set', 'd', patience), 'set add')
    call must(lath_set_members(session, 'set', list, size, patience), 'set members')
    call assert_equal(joined(list(1:size)), 'a|b|c|d', 'members after batch set add')
  end subroutine

  subroutine set_removes()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_set_remove(session, 'set', 'b', patience), 'set remove')
    call ended(lath_set_members_nb(session, 'set', list, size, patience, request), 'set members nb')
    call assert_equal(joined(list(1:size)), 'a|c|d', 'members after set remove')
    call ended(lath_set_remove_nb(session, 'set', 'c', patience, request), 'set remove nb')
    call ran(lath_batch_set_members(batch, 'set', list, size), 'batch set members')
    call assert_equal(joined(list(1:size)), 'a|d', 'members after set remove nb')
    call ran(lath_batch_set_remove(batch, 'set', 'd'), 'batch set remove')
    call must(lath_set_members(session, 'set', list, size, patience), 'set members')
    call assert_equal(joined(list(1:size)), 'a', 'members after batch set remove')
    call must(lath_set_add(session, 'set', 'b', patience), 'set add of what was removed')
    call must(lath_set_members(session, 'set', list, size, patience), 'set members')
    call assert_equal(joined(list(1:size)), 'a|b', 'members after it was added again')
  end subroutine

  subroutine set_contains()
    integer(c_int), asynchronous :: contains
    contains = -1
    call must(lath_set_contains(session, 'set', 'a', contains, patience), 'set contains')
    call assert_equal(contains, 1, 'set contains of a member')
    call must(lath_set_contains(session, 'set', 'c', contains, patience), 'set contains')
    call assert_equal(contains, 0, 'set contains of what was removed')
    call ended(lath_set_contains_nb(session, 'set', 'b', contains, patience, request), 'set contains nb')
    call assert_equal(contains, 1, 'set contains nb of a member')
    call ended(lath_set_contains_nb(session, 'set', 'd', contains, patience, request), 'set contains nb')
    call assert_equal(contains, 0, 'set contains nb of what was removed')
    call ran(lath_batch_set_contains(batch, 'set', 'a', contains), 'batch set contains')
    call assert_equal(contains, 1, 'batch set contains of a member')
    call ran(lath_batch_set_contains(batch, 'set', 'x', contains), 'batch set contains')
    call assert_equal(contains, 0, 'batch set contains of no member')
  end subroutine

  ! So few distinct elements are counted exactly.
  subroutine hll()
    integer(c_int64_t), asynchronous :: count
    call must(lath_hll_add(session, 'hll', 'one', patience), 'hll add')
    call ended(lath_hll_count_nb(session, 'hll', count, patience, request), 'hll count nb')
    call assert_equal(count, 1, 'distinct after hll add')
    call ended(lath_hll_add_nb(session, 'hll', 'two', patience, request), 'hll add nb')
    call ran(lath_batch_hll_count(batch, 'hll', count), 'batch hll count')
    call assert_equal(count, 2, 'distinct after hll add nb')
    call ran(lath_batch_hll_add(batch, 'hll', 'three'), 'batch hll add')
    call must(lath_hll_add(session, 'hll', 'one', patience), 'hll add of what was added')
    call must(lath_hll_count(session, 'hll', count, patience), 'hll count')
    call assert_equal(count, 3, 'distinct after batch hll add')
  end subroutine

  ! Within four standard errors of 0.81 % each; the hash has no seed, so that it is the same count in each run.
  subroutine hll_of_many()
    integer(c_int64_t) :: count
    character(len=8) :: element
    integer :: i
    do i = 1, 3000
      write (element, '(i8)') mod(i, 1000)
      call must(lath_batch_hll_add(batch, 'many', element), 'batch hll add of many')
    end do
    call must(lath_batch_run(batch, patience), 'batch run')
    call must(lath_hll_count(session, 'many', count, patience), 'hll count of many')
    call assert_true(abs(count - 1000) <= 33, '3000 elements of which 1000 are distinct are counted as such')
  end subroutine

  ! Members are any bytes, sorted, the empty one first.
  subroutine lists()
    character(len=64) :: list
    character(len=:), allocatable :: member
    integer(c_size_t) :: size, position
    call must(lath_set_add(session, 'any', 'b' // c_null_char // ' ', patience), 'set add of any bytes')
    call must(lath_set_add(session, 'any', '', patience), 'set add of no bytes')
    call must(lath_set_members(session, 'any', list, size, patience), 'set members of any bytes')
    call assert_equal(size, 4 + 4 + 4 + 3, 'bytes of a list: its count, and each member with its size')
    call assert_equal(lath_list_count(list(1:size)), 2, 'list count')
    position = 0
    call assert_true(lath_list_next(list(1:size), position, member), 'there is a first member')
    call assert_equal(member, '', 'the first member')
    call assert_true(lath_list_next(list(1:size), position, member), 'there is a second member')
    call assert_equal(member, 'b' // c_null_char // ' ', 'the second member')
    call assert_true(.not. lath_list_next(list(1:size), position, member), 'there is no third member')
    call assert_equal(member, 'b' // c_null_char // ' ', 'the member, where there is no next one,')
  end subroutine

  ! Bytes that are no list, and one that was cut off.
  subroutine no_lists()
    character(len=64) :: list
    character(len=:), allocatable :: member
    integer(c_size_t) :: size, position
    position = 0
    call assert_equal(lath_list_count(''), 0, 'list count of nothing')
    call assert_true(.not. lath_list_next('', position, member), 'nothing has no next member')
    call must(lath_set_members(session, 'set', list, size, patience), 'set members')
    call assert_equal(joined(list(1:size - 1)), 'a', 'a list without its last byte')
  end subroutine

  subroutine refusals()
    character(len=4), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    integer(c_int), asynchronous :: contains
    integer(c_int64_t), asynchronous :: count
    size = 0
    call must(lath_gset_members(session, 'gset', list, size, patience), 'gset members into too little', LATH_E_TOO_SMALL)
    call assert_equal(size, 4 + 3 * (4 + 1), 'the size that gset members needs')
    call must(lath_set_add(session, 'gset', 'a', patience), 'set add to a gset', LATH_E_WRONG_TYPE)
    call ended(lath_gset_add_nb(session, 'set', 'a', patience, request), 'gset add nb to a set', LATH_E_WRONG_TYPE)
    call ran(lath_batch_hll_count(batch, 'set', count), 'batch hll count of a set', LATH_E_WRONG_TYPE)
    call must(lath_set_contains(session, 'no such', 'a', contains, patience), 'set contains of nothing', LATH_E_NOT_FOUND)
    call must(lath_set_add(session, 'set', repeat('x', 65537), patience), 'set add of a large element', LATH_E_TOO_LARGE)
  end subroutine
end program sets
