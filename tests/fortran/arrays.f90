! Arrays of each of the four kinds of element, and by address: merged by one way of the three (in the call, by a request, in a
! batch) and read by another. They are of any rank and lie as they do in memory (column-major); every_call.f90 has more of that.
program arrays
  use checks
  use lath
  implicit none

  call open_embedded()
  call real32()
  call real64()
  call int32()
  call int64()
  call memory()
  call matrices()
  call growing()
  call not_contiguous()
  call too_small()
  call refusals()
  call close_embedded()
  call finish('arrays')

contains

  subroutine real32()
    real(c_float), asynchronous :: back(4)
    integer(c_size_t), asynchronous :: count
    call must(lath_array_merge(session, 'real32', LATH_MAX, [1.0, -5.0, 3.0], patience), 'array merge of real32')
    call ended(lath_array_get_nb(session, 'real32', LATH_MAX, back, count, patience, request), 'array get nb of real32')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [1.0, -5.0, 3.0]) <= 0), 'array get nb of real32')
    call ended(lath_array_merge_nb(session, 'real32', LATH_MAX, [0.0, -4.0, 9.0], patience, request), 'array merge nb of real32')
    call ran(lath_batch_array_get(batch, 'real32', LATH_MAX, back, count), 'batch array get of real32')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [1.0, -4.0, 9.0]) <= 0), 'batch array get of real32')
    call ran(lath_batch_array_merge(batch, 'real32', LATH_MAX, [2.0, -6.0, 9.0]), 'batch array merge of real32')
    call must(lath_array_get(session, 'real32', LATH_MAX, back, count, patience), 'array get of real32')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [2.0, -4.0, 9.0]) <= 0), 'array get of real32')
  end subroutine

  subroutine real64()
    real(c_double), asynchronous :: back(4)
    integer(c_size_t), asynchronous :: count
    call must(lath_array_merge(session, 'real64', LATH_SUM, [1d0, -5d0, 3d0], patience), 'array merge of real64')
    call ended(lath_array_get_nb(session, 'real64', LATH_SUM, back, count, patience, request), 'array get nb of real64')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [1d0, -5d0, 3d0]) <= 0), 'array get nb of real64')
    call ended(lath_array_merge_nb(session, 'real64', LATH_SUM, [10d0, 20d0, 30d0], patience, request), 'array merge nb of real64')
    call ran(lath_batch_array_get(batch, 'real64', LATH_SUM, back, count), 'batch array get of real64')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [11d0, 15d0, 33d0]) <= 0), 'batch array get of real64')
    call ran(lath_batch_array_merge(batch, 'real64', LATH_SUM, [100d0, 200d0, 300d0]), 'batch array merge of real64')
    call must(lath_array_get(session, 'real64', LATH_SUM, back, count, patience), 'array get of real64')
    call assert_true(count == 3 .and. all(abs(back(1:3) - [111d0, 215d0, 333d0]) <= 0), 'array get of real64')
  end subroutine

  subroutine int32()
    integer(c_int32_t), asynchronous :: back(4)
    integer(c_size_t), asynchronous :: count
    call must(lath_array_merge(session, 'int32', LATH_MIN, [1, 5, -3], patience), 'array merge of int32')
    call ended(lath_array_get_nb(session, 'int32', LATH_MIN, back, count, patience, request), 'array get nb of int32')
    call assert_true(count == 3 .and. all(back(1:3) == [1, 5, -3]), 'array get nb of int32')
    call ended(lath_array_merge_nb(session, 'int32', LATH_MIN, [2, 4, -3], patience, request), 'array merge nb of int32')
    call ran(lath_batch_array_get(batch, 'int32', LATH_MIN, back, count), 'batch array get of int32')
    call assert_true(count == 3 .and. all(back(1:3) == [1, 4, -3]), 'batch array get of int32')
    call ran(lath_batch_array_merge(batch, 'int32', LATH_MIN, [1, 9, -7]), 'batch array merge of int32')
    call must(lath_array_get(session, 'int32', LATH_MIN, back, count, patience), 'array get of int32')
    call assert_true(count == 3 .and. all(back(1:3) == [1, 4, -7]), 'array get of int32')
  end subroutine

  subroutine int64()
    integer(c_int64_t), asynchronous :: back(4)
    integer(c_size_t), asynchronous :: count
    call must(lath_array_merge(session, 'int64', LATH_SUM, int([1, -5, 3], c_int64_t), patience), 'array merge of int64')
    call ended(lath_array_get_nb(session, 'int64', LATH_SUM, back, count, patience, request), 'array get nb of int64')
    call assert_true(count == 3 .and. all(back(1:3) == [1, -5, 3]), 'array get nb of int64')
    call ended(lath_array_merge_nb(session, 'int64', LATH_SUM, int([10, 20, 30], c_int64_t), patience, request), &
      'array merge nb of int64')
    call ran(lath_batch_array_get(batch, 'int64', LATH_SUM, back, count), 'batch array get of int64')
    call assert_true(count == 3 .and. all(back(1:3) == [11, 15, 33]), 'batch array get of int64')
    call ran(lath_batch_array_merge(batch, 'int64', LATH_SUM, int([100, 200, 300], c_int64_t)), 'batch array merge of int64')
    call must(lath_array_get(session, 'int64', LATH_SUM, back, count, patience), 'array get of int64')
    call assert_true(count == 3 .and. all(back(1:3) == [111, 215, 333]), 'array get of int64')
  end subroutine

  ! By address, kind and number: here of a part of an array, of a kind that is told.
  subroutine memory()
    real(c_float), target, asynchronous :: numbers(4), back(4)
    integer(c_size_t), asynchronous :: count
    numbers = [1.0, 2.0, 3.0, 4.0]
    back = -1
    call must(lath_array_merge(session, 'at', LATH_SUM, LATH_F32, c_loc(numbers), 2_c_size_t, patience), 'array merge of memory')
    call ended(lath_array_get_nb(session, 'at', LATH_SUM, LATH_F32, c_loc(back), 4_c_size_t, count, patience, request), &
      'array get nb into memory')
    call assert_true(count == 2 .and. all(abs(back - [1.0, 2.0, -1.0, -1.0]) <= 0), 'array get nb writes two and no more')
    call ended(lath_array_merge_nb(session, 'at', LATH_SUM, LATH_F32, c_loc(numbers(2)), 3_c_size_t, patience, request), &
      'array merge nb of memory')
    call ran(lath_batch_array_get(batch, 'at', LATH_SUM, LATH_F32, c_loc(back), 4_c_size_t, count), 'batch array get into memory')
    call assert_true(count == 3 .and. all(abs(back - [3.0, 5.0, 4.0, -1.0]) <= 0), 'array merge nb adds, and a longer one extends')
    call ran(lath_batch_array_merge(batch, 'at', LATH_SUM, LATH_F32, c_loc(numbers), 4_c_size_t), 'batch array merge of memory')
    call must(lath_array_get(session, 'at', LATH_SUM, LATH_F32, c_loc(back), 4_c_size_t, count, patience), 'array get into memory')
    call assert_true(count == 4 .and. all(abs(back - [4.0, 7.0, 7.0, 4.0]) <= 0), 'batch array merge adds to all four')
  end subroutine

  ! A matrix is merged column by column, and is read as a vector or as a matrix of another shape.
  subroutine matrices()
    integer(c_int32_t) :: matrix(2, 3), vector(6), other(3, 2)
    integer(c_size_t) :: count
    matrix = reshape([11, 21, 12, 22, 13, 23], [2, 3])
    call must(lath_array_merge(session, 'matrix', LATH_MAX, matrix, patience), 'array merge of a matrix')
    call must(lath_array_get(session, 'matrix', LATH_MAX, vector, count, patience), 'array get of a vector')
    call assert_true(count == 6 .and. all(vector == [11, 21, 12, 22, 13, 23]), 'a matrix lies column by column')
    call must(lath_array_get(session, 'matrix', LATH_MAX, other, count, patience), 'array get of another shape')
    call assert_true(all(other == reshape(vector, [3, 2])), 'a matrix of another shape')
    call must(lath_array_merge(session, 'matrix', LATH_MAX, matrix(:, 2:3) + 20, patience), 'array merge of an expression')
    call must(lath_array_get(session, 'matrix', LATH_MAX, vector, count, patience), 'array get of a vector')
    call assert_true(all(vector == [32, 42, 33, 43, 13, 23]), 'an expression is merged from the first element on')
  end subroutine

  ! A longer array extends the key's, a shorter one leaves the rest as it is.
  subroutine growing()
    integer(c_int64_t) :: back(3)
    integer(c_size_t) :: count
    call must(lath_array_merge(session, 'grows', LATH_SUM, int([1], c_int64_t), patience), 'array merge of one')
    call must(lath_array_merge(session, 'grows', LATH_SUM, int([1, 2, 3], c_int64_t), patience), 'array merge of three')
    call must(lath_array_merge(session, 'grows', LATH_SUM, int([10, 20], c_int64_t), patience), 'array merge of two')
    call must(lath_array_get(session, 'grows', LATH_SUM, back, count, patience), 'array get')
    call assert_true(count == 3 .and. all(back == [12, 22, 3]), 'an array that grew')
  end subroutine

  ! A section with gaps is refused by every way, of reading too, and is left as it was.
  subroutine not_contiguous()
    integer(c_int64_t), asynchronous :: matrix(3, 3)
    integer(c_size_t), asynchronous :: count
    matrix = -1
    call must(lath_array_merge(session, 'gaps', LATH_SUM, matrix(2, :), patience), 'array merge of a row', LATH_E_INVALID)
    call must(lath_array_merge_nb(session, 'gaps', LATH_SUM, matrix(2, :), patience, request), 'array merge nb of a row', &
      LATH_E_INVALID)
    call must(lath_batch_array_merge(batch, 'gaps', LATH_SUM, matrix(1:2, 1:2)), 'batch array merge of a block', LATH_E_INVALID)
    call must(lath_array_get(session, 'grows', LATH_SUM, matrix(2, :), count, patience), 'array get into a row', LATH_E_INVALID)
    call must(lath_array_get_nb(session, 'grows', LATH_SUM, matrix(2, :), count, patience, request), 'array get nb into a row', &
      LATH_E_INVALID)
    call must(lath_batch_array_get(batch, 'grows', LATH_SUM, matrix(3:1:-1, 1), count), 'batch array get backwards', LATH_E_INVALID)
    call assert_true(all(matrix == -1), 'a section that was refused is left as it was')
    call must(lath_array_get(session, 'gaps', LATH_SUM, matrix, count, patience), 'array get of what was refused', LATH_E_NOT_FOUND)
  end subroutine

  subroutine too_small()
    integer(c_int64_t), asynchronous :: back(2)
    integer(c_size_t), asynchronous :: count
    back = -1
    count = 0
    call must(lath_array_get(session, 'grows', LATH_SUM, back, count, patience), 'array get into too little', LATH_E_TOO_SMALL)
    call assert_equal(count, 3, 'the count that array get needs')
    count = 0
    call ran(lath_batch_array_get(batch, 'grows', LATH_SUM, back(1:1), count), 'batch array get into too little', LATH_E_TOO_SMALL)
    call assert_equal(count, 3, 'the count that batch array get needs')
    call assert_true(all(back == -1), 'an array that was too small is left as it was')
  end subroutine

  ! The kind of element and how it merges are of the key's type.
  subroutine refusals()
    real(c_double), asynchronous :: back(4)
    integer(c_int32_t) :: none(0)
    integer(c_size_t), asynchronous :: count
    call must(lath_array_merge(session, 'real64', LATH_MAX, [1d0], patience), 'array merge of another how', LATH_E_WRONG_TYPE)
    call must(lath_array_merge(session, 'real64', LATH_SUM, [1.0], patience), 'array merge of another kind', LATH_E_WRONG_TYPE)
    call ended(lath_array_get_nb(session, 'int64', LATH_SUM, back, count, patience, request), 'array get nb of another kind', &
      LATH_E_WRONG_TYPE)
    call ran(lath_batch_array_get(batch, 'no such', LATH_SUM, back, count), 'batch array get of nothing', LATH_E_NOT_FOUND)
    call must(lath_array_merge(session, 'none', LATH_SUM, none, patience), 'array merge of nothing', LATH_E_INVALID)
    call must(lath_array_merge(session, 'real64', 7_c_int, [1d0], patience), 'array merge in no way that is', LATH_E_INVALID)
    call must(lath_array_merge(session, 'half', LATH_SUM, LATH_F16, c_null_ptr, 0_c_size_t, patience), 'array merge of half', &
      LATH_E_INVALID)
  end subroutine
end program arrays
