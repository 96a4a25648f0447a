! Fields of maps that are counters, or the greatest and the least of numbers, all in one map. Each is written by one way of the
! three (in the call, by a request, in a batch) and read by another, in turn.
program map_numbers
  use checks
  use lath
  implicit none

  call open_embedded()
  call counter()
  call grow_counter()
  call max_i64()
  call min_i64()
  call max_f64()
  call min_f64()
  call side_by_side()
  call refusals()
  call close_embedded()
  call finish('map_numbers')

contains

  subroutine counter()
    integer(c_int64_t), asynchronous :: value
    call must(lath_map_counter_add(session, 'map', 'counter', 5_c_int64_t, patience), 'map counter add')
    call ended(lath_map_counter_get_nb(session, 'map', 'counter', value, patience, request), 'map counter get nb')
    call assert_equal(value, 5, 'the counter after map counter add')
    call ended(lath_map_counter_add_nb(session, 'map', 'counter', -20_c_int64_t, patience, request), 'map counter add nb')
    call ran(lath_batch_map_counter_get(batch, 'map', 'counter', value), 'batch map counter get')
    call assert_equal(value, -15, 'the counter after map counter add nb')
    call ran(lath_batch_map_counter_add(batch, 'map', 'counter', 100_c_int64_t), 'batch map counter add')
    call must(lath_map_counter_get(session, 'map', 'counter', value, patience), 'map counter get')
    call assert_equal(value, 85, 'the counter after batch map counter add')
  end subroutine

  subroutine grow_counter()
    integer(c_int64_t), asynchronous :: value
    call must(lath_map_grow_counter_add(session, 'map', 'grow counter', 5_c_int64_t, patience), 'map grow counter add')
    call ended(lath_map_grow_counter_get_nb(session, 'map', 'grow counter', value, patience, request), 'map grow counter get nb')
    call assert_equal(value, 5, 'the counter after map grow counter add')
    call ended(lath_map_grow_counter_add_nb(session, 'map', 'grow counter', 20_c_int64_t, patience, request), &
      'map grow counter add nb')
    call ran(lath_batch_map_grow_counter_get(batch, 'map', 'grow counter', value), 'batch map grow counter get')
    call assert_equal(value, 25, 'the counter after map grow counter add nb')
    call ran(lath_batch_map_grow_counter_add(batch, 'map', 'grow counter', 100_c_int64_t), 'batch map grow counter add')
    call must(lath_map_grow_counter_get(session, 'map', 'grow counter', value, patience), 'map grow counter get')
    call assert_equal(value, 125, 'the counter after batch map grow counter add')
  end subroutine

  subroutine max_i64()
    integer(c_int64_t), asynchronous :: value
    call must(lath_map_max_i64_merge(session, 'map', 'max i64', -9_c_int64_t, patience), 'map max i64 merge')
    call ended(lath_map_max_i64_get_nb(session, 'map', 'max i64', value, patience, request), 'map max i64 get nb')
    call assert_equal(value, -9, 'the greatest after map max i64 merge')
    call ended(lath_map_max_i64_merge_nb(session, 'map', 'max i64', 4_c_int64_t, patience, request), 'map max i64 merge nb')
    call ran(lath_batch_map_max_i64_get(batch, 'map', 'max i64', value), 'batch map max i64 get')
    call assert_equal(value, 4, 'the greatest after map max i64 merge nb')
    call ran(lath_batch_map_max_i64_merge(batch, 'map', 'max i64', 6_c_int64_t), 'batch map max i64 merge')
    call must(lath_map_max_i64_get(session, 'map', 'max i64', value, patience), 'map max i64 get')
    call assert_equal(value, 6, 'the greatest after batch map max i64 merge')
  end subroutine

  subroutine min_i64()
    integer(c_int64_t), asynchronous :: value
    call must(lath_map_min_i64_merge(session, 'map', 'min i64', 9_c_int64_t, patience), 'map min i64 merge')
    call ended(lath_map_min_i64_get_nb(session, 'map', 'min i64', value, patience, request), 'map min i64 get nb')
    call assert_equal(value, 9, 'the least after map min i64 merge')
    call ended(lath_map_min_i64_merge_nb(session, 'map', 'min i64', -4_c_int64_t, patience, request), 'map min i64 merge nb')
    call ran(lath_batch_map_min_i64_get(batch, 'map', 'min i64', value), 'batch map min i64 get')
    call assert_equal(value, -4, 'the least after map min i64 merge nb')
    call ran(lath_batch_map_min_i64_merge(batch, 'map', 'min i64', -6_c_int64_t), 'batch map min i64 merge')
    call must(lath_map_min_i64_get(session, 'map', 'min i64', value, patience), 'map min i64 get')
    call assert_equal(value, -6, 'the least after batch map min i64 merge')
  end subroutine

  subroutine max_f64()
    real(c_double), asynchronous :: value
    call must(lath_map_max_f64_merge(session, 'map', 'max f64', -9.5d0, patience), 'map max f64 merge')
    call ended(lath_map_max_f64_get_nb(session, 'map', 'max f64', value, patience, request), 'map max f64 get nb')
    call assert_equal(value, -9.5d0, 'the greatest after map max f64 merge')
    call ended(lath_map_max_f64_merge_nb(session, 'map', 'max f64', 4.25d0, patience, request), 'map max f64 merge nb')
    call ran(lath_batch_map_max_f64_get(batch, 'map', 'max f64', value), 'batch map max f64 get')
    call assert_equal(value, 4.25d0, 'the greatest after map max f64 merge nb')
    call ran(lath_batch_map_max_f64_merge(batch, 'map', 'max f64', 6.125d0), 'batch map max f64 merge')
    call must(lath_map_max_f64_get(session, 'map', 'max f64', value, patience), 'map max f64 get')
    call assert_equal(value, 6.125d0, 'the greatest after batch map max f64 merge')
  end subroutine

  subroutine min_f64()
    real(c_double), asynchronous :: value
    call must(lath_map_min_f64_merge(session, 'map', 'min f64', 9.5d0, patience), 'map min f64 merge')
    call ended(lath_map_min_f64_get_nb(session, 'map', 'min f64', value, patience, request), 'map min f64 get nb')
    call assert_equal(value, 9.5d0, 'the least after map min f64 merge')
    call ended(lath_map_min_f64_merge_nb(session, 'map', 'min f64', -4.25d0, patience, request), 'map min f64 merge nb')
    call ran(lath_batch_map_min_f64_get(batch, 'map', 'min f64', value), 'batch map min f64 get')
    call assert_equal(value, -4.25d0, 'the least after map min f64 merge nb')
    call ran(lath_batch_map_min_f64_merge(batch, 'map', 'min f64', -6.125d0), 'batch map min f64 merge')
    call must(lath_map_min_f64_get(session, 'map', 'min f64', value, patience), 'map min f64 get')
    call assert_equal(value, -6.125d0, 'the least after batch map min f64 merge')
  end subroutine

  ! No field wrote to another, and what changes no field's number changes nothing.
  subroutine side_by_side()
    character(len=128) :: list
    integer(c_size_t) :: size
    integer(c_int64_t) :: value
    call must(lath_map_max_i64_merge(session, 'map', 'max i64', 5_c_int64_t, patience), 'map max i64 merge of less')
    call must(lath_map_max_i64_get(session, 'map', 'max i64', value, patience), 'map max i64 get')
    call assert_equal(value, 6, 'the greatest after a lesser one')
    call must(lath_map_counter_get(session, 'map', 'counter', value, patience), 'map counter get')
    call assert_equal(value, 85, 'the counter beside the others')
    call must(lath_map_fields(session, 'map', list, size, patience), 'map fields')
    call assert_equal(joined(list(1:size)), 'counter|grow counter|max f64|max i64|min f64|min i64', 'fields of numbers')
  end subroutine

  subroutine refusals()
    integer(c_int64_t), asynchronous :: value
    value = -77
    call must(lath_map_counter_get(session, 'map', 'max i64', value, patience), 'map counter get of max i64', LATH_E_WRONG_TYPE)
    call ended(lath_map_min_i64_get_nb(session, 'map', 'none', value, patience, request), 'map min i64 get nb of no field', &
      LATH_E_NOT_FOUND)
    call ran(lath_batch_map_grow_counter_get(batch, 'map', 'counter', value), 'batch map grow counter get of a counter', &
      LATH_E_WRONG_TYPE)
    call must(lath_counter_get(session, 'map', value, patience), 'counter get of a map', LATH_E_WRONG_TYPE)
    call assert_equal(value, -77, 'the variable of calls that failed')
  end subroutine
end program map_numbers
