! Counters, and the greatest and the least of numbers. Each is written by one way of the three (in the call, by a request, in a
! batch) and read by another, in turn, so that all six calls of a type are checked against what the others wrote.
program numbers
  use, intrinsic :: ieee_arithmetic, only: ieee_quiet_nan, ieee_value
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
  call limits_of_64_bits()
  call refusals()
  call close_embedded()
  call finish('numbers')

contains

  subroutine counter()
    integer(c_int64_t), asynchronous :: value
    call must(lath_counter_add(session, 'counter', 5_c_int64_t, patience), 'counter add')
    call ended(lath_counter_get_nb(session, 'counter', value, patience, request), 'counter get nb')
    call assert_equal(value, 5, 'what counter add added')
    call ended(lath_counter_add_nb(session, 'counter', -20_c_int64_t, patience, request), 'counter add nb')
    call ran(lath_batch_counter_get(batch, 'counter', value), 'batch counter get')
    call assert_equal(value, -15, 'the counter after counter add nb')
    call ran(lath_batch_counter_add(batch, 'counter', 100_c_int64_t), 'batch counter add')
    call must(lath_counter_get(session, 'counter', value, patience), 'counter get')
    call assert_equal(value, 85, 'the counter after batch counter add')
  end subroutine

  subroutine grow_counter()
    integer(c_int64_t), asynchronous :: value
    call must(lath_grow_counter_add(session, 'grow', 5_c_int64_t, patience), 'grow counter add')
    call ended(lath_grow_counter_get_nb(session, 'grow', value, patience, request), 'grow counter get nb')
    call assert_equal(value, 5, 'what grow counter add added')
    call ended(lath_grow_counter_add_nb(session, 'grow', 20_c_int64_t, patience, request), 'grow counter add nb')
    call ran(lath_batch_grow_counter_get(batch, 'grow', value), 'batch grow counter get')
    call assert_equal(value, 25, 'the grow counter after grow counter add nb')
    call ran(lath_batch_grow_counter_add(batch, 'grow', 100_c_int64_t), 'batch grow counter add')
    call must(lath_grow_counter_get(session, 'grow', value, patience), 'grow counter get')
    call assert_equal(value, 125, 'the grow counter after batch grow counter add')
  end subroutine

  subroutine max_i64()
    integer(c_int64_t), asynchronous :: value
    call must(lath_max_i64_merge(session, 'max i64', -9_c_int64_t, patience), 'max i64 merge')
    call ended(lath_max_i64_get_nb(session, 'max i64', value, patience, request), 'max i64 get nb')
    call assert_equal(value, -9, 'what max i64 merge merged')
    call ended(lath_max_i64_merge_nb(session, 'max i64', 4_c_int64_t, patience, request), 'max i64 merge nb')
    call ran(lath_batch_max_i64_get(batch, 'max i64', value), 'batch max i64 get')
    call assert_equal(value, 4, 'the greatest after max i64 merge nb')
    call ran(lath_batch_max_i64_merge(batch, 'max i64', 6_c_int64_t), 'batch max i64 merge')
    call must(lath_max_i64_merge(session, 'max i64', 5_c_int64_t, patience), 'max i64 merge of less')
    call must(lath_max_i64_get(session, 'max i64', value, patience), 'max i64 get')
    call assert_equal(value, 6, 'the greatest after batch max i64 merge and a lesser one')
  end subroutine

  subroutine min_i64()
    integer(c_int64_t), asynchronous :: value
    call must(lath_min_i64_merge(session, 'min i64', 9_c_int64_t, patience), 'min i64 merge')
    call ended(lath_min_i64_get_nb(session, 'min i64', value, patience, request), 'min i64 get nb')
    call assert_equal(value, 9, 'what min i64 merge merged')
    call ended(lath_min_i64_merge_nb(session, 'min i64', -4_c_int64_t, patience, request), 'min i64 merge nb')
    call ran(lath_batch_min_i64_get(batch, 'min i64', value), 'batch min i64 get')
    call assert_equal(value, -4, 'the least after min i64 merge nb')
    call ran(lath_batch_min_i64_merge(batch, 'min i64', -6_c_int64_t), 'batch min i64 merge')
    call must(lath_min_i64_merge(session, 'min i64', -5_c_int64_t, patience), 'min i64 merge of more')
    call must(lath_min_i64_get(session, 'min i64', value, patience), 'min i64 get')
    call assert_equal(value, -6, 'the least after batch min i64 merge and a greater one')
  end subroutine

  subroutine max_f64()
    real(c_double), asynchronous :: value
    call must(lath_max_f64_merge(session, 'max f64', -9.5d0, patience), 'max f64 merge')
    call ended(lath_max_f64_get_nb(session, 'max f64', value, patience, request), 'max f64 get nb')
    call assert_equal(value, -9.5d0, 'what max f64 merge merged')
    call ended(lath_max_f64_merge_nb(session, 'max f64', 4.25d0, patience, request), 'max f64 merge nb')
    call ran(lath_batch_max_f64_get(batch, 'max f64', value), 'batch max f64 get')
    call assert_equal(value, 4.25d0, 'the greatest after max f64 merge nb')
    call ran(lath_batch_max_f64_merge(batch, 'max f64', 6.125d0), 'batch max f64 merge')
    call must(lath_max_f64_merge(session, 'max f64', 5d0, patience), 'max f64 merge of less')
    call must(lath_max_f64_get(session, 'max f64', value, patience), 'max f64 get')
    call assert_equal(value, 6.125d0, 'the greatest after batch max f64 merge and a lesser one')
  end subroutine

  subroutine min_f64()
    real(c_double), asynchronous :: value
    call must(lath_min_f64_merge(session, 'min f64', 9.5d0, patience), 'min f64 merge')
    call ended(lath_min_f64_get_nb(session, 'min f64', value, patience, request), 'min f64 get nb')
    call assert_equal(value, 9.5d0, 'what min f64 merge merged')
    call ended(lath_min_f64_merge_nb(session, 'min f64', -4.25d0, patience, request), 'min f64 merge nb')
    call ran(lath_batch_min_f64_get(batch, 'min f64', value), 'batch min f64 get')
    call assert_equal(value, -4.25d0, 'the least after min f64 merge nb')
    call ran(lath_batch_min_f64_merge(batch, 'min f64', -6.125d0), 'batch min f64 merge')
    call must(lath_min_f64_merge(session, 'min f64', -5d0, patience), 'min f64 merge of more')
    call must(lath_min_f64_get(session, 'min f64', value, patience), 'min f64 get')
    call assert_equal(value, -6.125d0, 'the least after batch min f64 merge and a greater one')
  end subroutine

  ! C's uint64_t is signed here: a grow counter over huge() comes back as the negative of the same bits, and a counter wraps.
  subroutine limits_of_64_bits()
    integer(c_int64_t), parameter :: most = huge(0_c_int64_t), least = -most - 1
    integer(c_int64_t) :: value
    call must(lath_grow_counter_add(session, 'huge', most, patience), 'grow counter add of huge')
    call must(lath_grow_counter_add(session, 'huge', 1_c_int64_t, patience), 'grow counter add beyond huge')
    call must(lath_grow_counter_get(session, 'huge', value, patience), 'grow counter get beyond huge')
    call assert_equal(value, least, 'a grow counter beyond huge')
    call must(lath_counter_add(session, 'wraps', most, patience), 'counter add of huge')
    call must(lath_counter_add(session, 'wraps', 1_c_int64_t, patience), 'counter add beyond huge')
    call must(lath_counter_get(session, 'wraps', value, patience), 'counter get beyond huge')
    call assert_equal(value, least, 'a counter beyond huge')
    call must(lath_min_i64_merge(session, 'least', least, patience), 'min i64 merge of the least')
    call must(lath_min_i64_get(session, 'least', value, patience), 'min i64 get of the least')
    call assert_equal(value, least, 'the least number')
  end subroutine

  ! What a call is refused leaves both the key and the variable as they were.
  subroutine refusals()
    integer(c_int64_t), asynchronous :: value
    value = -77
    call must(lath_counter_get(session, 'no such', value, patience), 'counter get of nothing', LATH_E_NOT_FOUND)
    call ended(lath_max_i64_get_nb(session, 'counter', value, patience, request), 'max i64 get nb of a counter', LATH_E_WRONG_TYPE)
    call ran(lath_batch_grow_counter_add(batch, 'counter', 1_c_int64_t), 'batch grow counter add to a counter', LATH_E_WRONG_TYPE)
    call must(lath_min_i64_merge(session, 'max i64', 1_c_int64_t, patience), 'min i64 merge into max i64', LATH_E_WRONG_TYPE)
    call must(lath_max_f64_merge(session, 'nan', ieee_value(0d0, ieee_quiet_nan), patience), 'max f64 merge of NaN', LATH_E_INVALID)
    call assert_equal(value, -77, 'the variable of calls that failed')
    call must(lath_counter_get(session, 'counter', value, patience), 'counter get after refusals')
    call assert_equal(value, 85, 'the counter after refusals')
  end subroutine
end program numbers
