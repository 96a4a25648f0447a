! Maps: their fields, and fields of bytes and of sets (map_numbers.f90 has those of numbers). Written by one way of the three (in
! the call, by a request, in a batch) and read by another.
program maps
  use checks
  use lath
  implicit none

  call open_embedded()
  call text()
  call memory()
  call fields()
  call erasing()
  call gset()
  call gset_contains()
  call set_adds()
  call set_removes()
  call set_contains()
  call types_of_fields()
  call refusals()
  call close_embedded()
  call finish('maps')

contains

  subroutine text()
    character(len=16), asynchronous :: value
    integer(c_size_t), asynchronous :: size
    call must(lath_map_put(session, 'map', 'text', 'one', patience), 'map put')
    call ended(lath_map_get_nb(session, 'map', 'text', value, size, patience, request), 'map get nb')
    call assert_equal(value(1:size), 'one', 'what map put wrote')
    call ended(lath_map_put_nb(session, 'map', 'text', 'two, nb', patience, request), 'map put nb')
    call ran(lath_batch_map_get(batch, 'map', 'text', value, size), 'batch map get')
    call assert_equal(value(1:size), 'two, nb', 'what map put nb wrote')
    call ran(lath_batch_map_put(batch, 'map', 'text', 'three of a batch'), 'batch map put')
    call must(lath_map_get(session, 'map', 'text', value, size, patience), 'map get')
    call assert_equal(value(1:size), 'three of a batch', 'what batch map put wrote')
  end subroutine

  subroutine memory()
    integer(c_int32_t), target, asynchronous :: numbers(4), back(4)
    integer(c_size_t), asynchronous :: size
    numbers = [11, 22, 33, 44]
    back = 0
    call must(lath_map_put(session, 'map', 'memory', c_loc(numbers), 8_c_size_t, patience), 'map put of memory')
    call ended(lath_map_get_nb(session, 'map', 'memory', c_loc(back), 16_c_size_t, size, patience, request), 'map get nb of memory')
    call assert_true(size == 8 .and. all(back == [11, 22, 0, 0]), 'map get nb writes two numbers and no more')
    call ended(lath_map_put_nb(session, 'map', 'memory', c_loc(numbers(2)), 12_c_size_t, patience, request), &
      'map put nb of memory')
    call ran(lath_batch_map_get(batch, 'map', 'memory', c_loc(back), 16_c_size_t, size), 'batch map get into memory')
    call assert_true(size == 12 .and. all(back == [22, 33, 44, 0]), 'batch map get gives what map put nb wrote')
    call ran(lath_batch_map_put(batch, 'map', 'memory', c_loc(numbers), 16_c_size_t), 'batch map put of memory')
    call must(lath_map_get(session, 'map', 'memory', c_loc(back), 16_c_size_t, size, patience), 'map get into memory')
    call assert_true(size == 16 .and. all(back == numbers), 'map get gives what batch map put wrote')
  end subroutine

  subroutine fields()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_map_fields(session, 'map', list, size, patience), 'map fields')
    call assert_equal(joined(list(1:size)), 'memory|text', 'map fields')
    call must(lath_map_put(session, 'map', 'a blank ', 'value', patience), 'map put')
    call ended(lath_map_fields_nb(session, 'map', list, size, patience, request), 'map fields nb')
    call assert_equal(joined(list(1:size)), 'a blank |memory|text', 'map fields nb')
    call must(lath_map_erase(session, 'map', 'text', patience), 'map erase')
    call ran(lath_batch_map_fields(batch, 'map', list, size), 'batch map fields')
    call assert_equal(joined(list(1:size)), 'a blank |memory', 'batch map fields')
  end subroutine

  subroutine erasing()
    character(len=64) :: list
    integer(c_size_t) :: size
    integer :: i
    do i = 1, 4
      call must(lath_map_put(session, 'erased', 'field' // achar(iachar('0') + i), 'value', patience), 'map put')
    end do
    call must(lath_map_erase(session, 'erased', 'field1', patience), 'map erase')
    call must(lath_map_get(session, 'erased', 'field1', list, size, patience), 'map get of an erased field', LATH_E_NOT_FOUND)
    call ended(lath_map_erase_nb(session, 'erased', 'field3', patience, request), 'map erase nb')
    call must(lath_map_get(session, 'erased', 'field3', list, size, patience), 'map get of an erased field', LATH_E_NOT_FOUND)
    call ran(lath_batch_map_erase(batch, 'erased', 'field4'), 'batch map erase')
    call must(lath_map_get(session, 'erased', 'field4', list, size, patience), 'map get of an erased field', LATH_E_NOT_FOUND)
    call must(lath_map_fields(session, 'erased', list, size, patience), 'map fields')
    call assert_equal(joined(list(1:size)), 'field2', 'the fields that are left')
    call must(lath_erase(session, 'erased', patience), 'erase of a map')
    call must(lath_map_fields(session, 'erased', list, size, patience), 'map fields of an erased map', LATH_E_NOT_FOUND)
  end subroutine

  subroutine gset()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_map_gset_add(session, 'map', 'gset', 'b', patience), 'map gset add')
    call ended(lath_map_gset_members_nb(session, 'map', 'gset', list, size, patience, request), 'map gset members nb')
    call assert_equal(joined(list(1:size)), 'b', 'members after map gset add')
    call ended(lath_map_gset_add_nb(session, 'map', 'gset', 'a', patience, request), 'map gset add nb')
    call ran(lath_batch_map_gset_members(batch, 'map', 'gset', list, size), 'batch map gset members')
    call assert_equal(joined(list(1:size)), 'a|b', 'members after map gset add nb')
    call ran(lath_batch_map_gset_add(batch, 'map', 'gset', 'c'), 'batch map gset add')
    call must(lath_map_gset_members(session, 'map', 'gset', list, size, patience), 'map gset members')
    call assert_equal(joined(list(1:size)), 'a|b|c', 'members after batch map gset add')
  end subroutine

  subroutine gset_contains()
    integer(c_int), asynchronous :: contains
    contains = -1
    call must(lath_map_gset_contains(session, 'map', 'gset', 'a', contains, patience), 'map gset contains')
    call assert_equal(contains, 1, 'map gset contains of a member')
    call must(lath_map_gset_contains(session, 'map', 'gset', 'x', contains, patience), 'map gset contains')
    call assert_equal(contains, 0, 'map gset contains of no member')
    call ended(lath_map_gset_contains_nb(session, 'map', 'gset', 'b', contains, patience, request), 'map gset contains nb')
    call assert_equal(contains, 1, 'map gset contains nb of a member')
    call ended(lath_map_gset_contains_nb(session, 'map', 'gset', 'y', contains, patience, request), 'map gset contains nb')
    call assert_equal(contains, 0, 'map gset contains nb of no member')
    call ran(lath_batch_map_gset_contains(batch, 'map', 'gset', 'c', contains), 'batch map gset contains')
    call assert_equal(contains, 1, 'batch map gset contains of a member')
    call ran(lath_batch_map_gset_contains(batch, 'map', 'gset', 'z', contains), 'batch map gset contains')
    call assert_equal(contains, 0, 'batch map gset contains of no member')
  end subroutine

  subroutine set_adds()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_map_set_add(session, 'map', 'set', 'b', patience), 'map set add')
    call ended(lath_map_set_members_nb(session, 'map', 'set', list, size, patience, request), 'map set members nb')
    call assert_equal(joined(list(1:size)), 'b', 'members after map set add')
    call ended(lath_map_set_add_nb(session, 'map', 'set', 'a', patience, request), 'map set add nb')
    call ran(lath_batch_map_set_members(batch, 'map', 'set', list, size), 'batch map set members')
    call assert_equal(joined(list(1:size)), 'a|b', 'members after map set add nb')
    call ran(lath_batch_map_set_add(batch, 'map', 'set', 'c'), 'batch map set add')
    call must(lath_map_set_add(session, 'map', 'set', 'd', patience), 'map set add')
    call must(lath_map_set_members(session, 'map', 'set', list, size, patience), 'map set members')
    call assert_equal(joined(list(1:size)), 'a|b|c|d', 'members after batch map set add')
  end subroutine

  subroutine set_removes()
    character(len=64), asynchronous :: list
    integer(c_size_t), asynchronous :: size
    call must(lath_map_set_remove(session, 'map', 'set', 'b', patience), 'map set remove')
    call ended(lath_map_set_members_nb(session, 'map', 'set', list, size, patience, request), 'map set members nb')
    call assert_equal(joined(list(1:size)), 'a|c|d', 'members after map set remove')
    call ended(lath_map_set_remove_nb(session, 'map', 'set', 'c', patience, request), 'map set remove nb')
    call ran(lath_batch_map_set_members(batch, 'map', 'set', list, size), 'batch map set members')
    call assert_equal(joined(list(1:size)), 'a|d', 'members after map set remove nb')
    call ran(lath_batch_map_set_remove(batch, 'map', 'set', 'd'), 'batch map set remove')
    call must(lath_map_set_members(session, 'map', 'set', list, size, patience), 'map set members')
    call assert_equal(joined(list(1:size)), 'a', 'members after batch map set remove')
  end subroutine

  subroutine set_contains()
    integer(c_int), asynchronous :: contains
    contains = -1
    call must(lath_map_set_contains(session, 'map', 'set', 'a', contains, patience), 'map set contains')
    call assert_equal(contains, 1, 'map set contains of a member')
    call must(lath_map_set_contains(session, 'map', 'set', 'b', contains, patience), 'map set contains')
    call assert_equal(contains, 0, 'map set contains of what was removed')
    call ended(lath_map_set_contains_nb(session, 'map', 'set', 'a', contains, patience, request), 'map set contains nb')
    call assert_equal(contains, 1, 'map set contains nb of a member')
    call ended(lath_map_set_contains_nb(session, 'map', 'set', 'c', contains, patience, request), 'map set contains nb')
    call assert_equal(contains, 0, 'map set contains nb of what was removed')
    call ran(lath_batch_map_set_contains(batch, 'map', 'set', 'a', contains), 'batch map set contains')
    call assert_equal(contains, 1, 'batch map set contains of a member')
    call ran(lath_batch_map_set_contains(batch, 'map', 'set', 'd', contains), 'batch map set contains')
    call assert_equal(contains, 0, 'batch map set contains of what was removed')
  end subroutine

  ! Each field has a type of its own, and is erased to take another.
  subroutine types_of_fields()
    character(len=128) :: list
    integer(c_size_t) :: size
    integer(c_int64_t) :: value
    call must(lath_map_put(session, 'map', 'set', 'bytes', patience), 'map put to a set', LATH_E_WRONG_TYPE)
    call must(lath_map_set_add(session, 'map', 'gset', 'a', patience), 'map set add to a gset', LATH_E_WRONG_TYPE)
    call must(lath_map_erase(session, 'map', 'set', patience), 'map erase of a set')
    call must(lath_map_counter_add(session, 'map', 'set', 3_c_int64_t, patience), 'map counter add where a set was')
    call must(lath_map_counter_get(session, 'map', 'set', value, patience), 'map counter get where a set was')
    call assert_equal(value, 3, 'a counter where a set was')
    call must(lath_map_fields(session, 'map', list, size, patience), 'map fields')
    call assert_equal(joined(list(1:size)), 'a blank |gset|memory|set', 'fields of several types')
  end subroutine

  subroutine refusals()
    character(len=4), asynchronous :: value
    integer(c_size_t), asynchronous :: size
    integer(c_int), asynchronous :: contains
    call must(lath_put(session, 'no map', 'bytes', patience), 'put')
    call must(lath_map_put(session, 'no map', 'field', 'x', patience), 'map put to bytes', LATH_E_WRONG_TYPE)
    call ended(lath_map_get_nb(session, 'no map', 'f', value, size, patience, request), 'map get nb of bytes', LATH_E_WRONG_TYPE)
    call must(lath_map_get(session, 'map', 'no such', value, size, patience), 'map get of no field', LATH_E_NOT_FOUND)
    call ran(lath_batch_map_set_contains(batch, 'map', 'none', 'a', contains), 'batch map set contains of none', LATH_E_NOT_FOUND)
    call must(lath_map_put(session, 'map', '', 'x', patience), 'map put with no field', LATH_E_INVALID)
    call must(lath_map_fields(session, 'map', value, size, patience), 'map fields into too little', LATH_E_TOO_SMALL)
    call assert_equal(size, 4 + 4 * 4 + len('a blank gsetmemoryset'), 'the size that map fields needs')
  end subroutine
end program maps
