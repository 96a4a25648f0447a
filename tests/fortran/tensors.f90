! Tensors: column-major as Fortran's arrays lie, whole or a block of a larger one, by its strides; and what is told where the
! caller's description is not that of what is stored. Those over 64 KiB, and memory of Lath's or registered, are in every_call.f90
! too.
program tensors
  use checks
  use lath
  implicit none

  call open_embedded()
  call matrix()
  call block_from_and_into_larger()
  call by_requests()
  call every_second()
  call transposed()
  call each_dtype()
  call eight_dimensions()
  call shape_is_told()
  call shape_is_told_by_a_request()
  call are_bytes()
  call large_block()
  call refusals()
  call close_embedded()
  call finish('tensors')

contains

  ! Of real64 unless dtype is set. `data` is where the first element is; without strides it is dense.
  function described(data, dims, strides) result(tensor)
    type(c_ptr), intent(in) :: data
    integer, intent(in) :: dims(:)
    integer, intent(in), optional :: strides(:)
    type(lath_tensor) :: tensor
    tensor%data = data
    tensor%order = LATH_COLUMN_MAJOR
    tensor%dim_count = size(dims)
    tensor%dims(:size(dims)) = dims
    if (present(strides)) tensor%strides(:size(dims)) = strides
  end function

  ! Element (i, j) is 100 i + j, so that one in a wrong place shows.
  function numbered(rows, columns) result(field)
    integer, intent(in) :: rows, columns
    real(c_double), allocatable :: field(:, :)
    integer :: i, j
    allocate (field(rows, columns))
    do j = 1, columns
      field(:, j) = [(100d0 * i + j, i=1, rows)]
    end do
  end function

  logical function same(a, b)
    real(c_double), intent(in) :: a(:, :), b(:, :)
    same = all(shape(a) == shape(b))
    if (same) same = all(abs(a - b) <= 0)
  end function

  subroutine matrix()
    real(c_double), target :: field(4, 3), back(4, 3)
    type(lath_tensor) :: tensor
    field = numbered(4, 3)
    back = -1
    call must(lath_tensor_put(session, 'matrix', described(c_loc(field), [4, 3]), patience), 'tensor put')
    tensor = described(c_loc(back), [4, 3])
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get')
    call assert_true(same(back, field), 'a matrix is as it was put')
  end subroutine

  ! The inner block of an array with a halo of one, which the store does not see, and back into a halo of two.
  subroutine block_from_and_into_larger()
    real(c_double), target :: haloed(6, 5), other(8, 7), inner(4, 3)
    type(lath_tensor) :: tensor
    haloed = numbered(6, 5)
    other = -1
    call must(lath_tensor_put(session, 'block', described(c_loc(haloed(2, 2)), [4, 3], [1, 6]), patience), 'tensor put of a block')
    tensor = described(c_loc(other(3, 3)), [4, 3], [1, 8])
    call must(lath_tensor_get(session, 'block', tensor, patience), 'tensor get into a block')
    call assert_true(same(other(3:6, 3:5), haloed(2:5, 2:4)), 'a block of a larger array is as it was put')
    call assert_equal(count(other < 0), 8 * 7 - 4 * 3, 'elements around the block that are left as they were')
    tensor = described(c_loc(inner), [4, 3])
    call must(lath_tensor_get(session, 'block', tensor, patience), 'tensor get of a block, dense')
    call assert_true(same(inner, haloed(2:5, 2:4)), 'a block is stored without its halo')
  end subroutine

  subroutine by_requests()
    real(c_double), target, asynchronous :: haloed(6, 5), other(8, 7)
    type(lath_tensor), asynchronous :: tensor
    haloed = -numbered(6, 5)
    other = 1
    tensor = described(c_loc(haloed(2, 2)), [4, 3], [1, 6])
    call ended(lath_tensor_put_nb(session, 'nb', tensor, patience, request), 'tensor put nb of a block')
    tensor = described(c_loc(other(3, 3)), [4, 3], [1, 8])
    call ended(lath_tensor_get_nb(session, 'nb', tensor, patience, request), 'tensor get nb into a block')
    call assert_true(same(other(3:6, 3:5), haloed(2:5, 2:4)), 'a block is as it was put by a request')
    call assert_equal(count(other > 0), 8 * 7 - 4 * 3, 'elements that a request left as they were')
  end subroutine

  ! Strides along both dimensions: every second row of every third column, as a(1:6:2, 1:7:3) is.
  subroutine every_second()
    real(c_double), target :: field(6, 7), back(3, 3)
    type(lath_tensor) :: tensor
    field = numbered(6, 7)
    call must(lath_tensor_put(session, 'second', described(c_loc(field), [3, 3], [2, 18]), patience), 'tensor put of a section')
    tensor = described(c_loc(back), [3, 3])
    call must(lath_tensor_get(session, 'second', tensor, patience), 'tensor get of a section')
    call assert_true(same(back, field(1:6:2, 1:7:3)), 'a section is as it was put')
  end subroutine

  ! What C would see: the same indices, with the last dimension's elements next to each other.
  subroutine transposed()
    real(c_double), target :: back(3, 4)
    type(lath_tensor) :: tensor
    tensor = described(c_loc(back), [4, 3])
    tensor%order = LATH_ROW_MAJOR
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get in the order of rows')
    call assert_true(same(back, transpose(numbered(4, 3))), 'a matrix by rows')
    tensor = described(c_loc(back), [4, 3], [3, 1])
    back = -1
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get by the strides of rows')
    call assert_true(same(back, transpose(numbered(4, 3))), 'a matrix by the strides of rows')
  end subroutine

  ! Five elements of each dtype, of which all bytes differ; behind them nothing is written.
  subroutine each_dtype()
    integer, parameter :: bytes(0:13) = [4, 8, 4, 8, 2, 2, 1, 1, 2, 2, 4, 8, 8, 16] ! of an element, by dtype
    character(len=80), target :: written, back
    type(lath_tensor) :: tensor
    integer :: dtype, i
    do i = 1, len(written)
      written(i:i) = achar(32 + i)
    end do
    do dtype = LATH_F32, LATH_C128
      tensor = described(c_loc(written), [5])
      tensor%dtype = dtype
      call must(lath_tensor_put(session, 'dtypes', tensor, patience), 'tensor put of a dtype')
      back = repeat('-', len(back))
      tensor = described(c_loc(back), [5])
      tensor%dtype = dtype
      call must(lath_tensor_get(session, 'dtypes', tensor, patience), 'tensor get of a dtype')
      i = 5 * bytes(dtype)
      call assert_equal(back, written(1:i) // repeat('-', len(back) - i), 'five elements of a dtype')
    end do
  end subroutine

  subroutine eight_dimensions()
    integer(c_int32_t), target :: field(2, 1, 3, 1, 2, 1, 1, 2), back(2, 1, 3, 1, 2, 1, 1, 2)
    type(lath_tensor) :: tensor
    integer :: i
    field = reshape([(i, i=1, size(field))], shape(field))
    tensor = described(c_loc(field), shape(field))
    tensor%dtype = LATH_I32
    call must(lath_tensor_put(session, 'eight', tensor, patience), 'tensor put of eight dimensions')
    tensor%data = c_loc(back)
    call must(lath_tensor_get(session, 'eight', tensor, patience), 'tensor get of eight dimensions')
    call assert_true(all(back == field), 'a tensor of eight dimensions is as it was put')
  end subroutine

  subroutine expect_matrix_of(tensor, after)
    type(lath_tensor), intent(in) :: tensor
    character(len=*), intent(in) :: after
    call assert_equal(tensor%dim_count, 2, 'dim_count after ' // after)
    call assert_true(all(tensor%dims(1:2) == [4, 3]), 'dims after ' // after)
    call assert_equal(tensor%dtype, LATH_F64, 'dtype after ' // after)
    call assert_equal(tensor%order, LATH_COLUMN_MAJOR, 'order after ' // after)
  end subroutine

  ! To who asks with no data, and to who expects another, whose memory is left as it was.
  subroutine shape_is_told()
    real(c_double), target :: back(12)
    type(lath_tensor) :: tensor
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get of the shape')
    call expect_matrix_of(tensor, 'tensor get of the shape')
    back = -1
    tensor = described(c_loc(back), [3, 4])
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get of other dims', LATH_E_TOO_SMALL)
    call expect_matrix_of(tensor, 'tensor get of other dims')
    tensor%dtype = LATH_I64
    call must(lath_tensor_get(session, 'matrix', tensor, patience), 'tensor get of another dtype', LATH_E_TOO_SMALL)
    call expect_matrix_of(tensor, 'tensor get of another dtype')
    call assert_true(all(back < 0), 'memory of another shape is left as it was')
  end subroutine

  subroutine shape_is_told_by_a_request()
    type(lath_tensor), asynchronous :: tensor
    call ended(lath_tensor_get_nb(session, 'matrix', tensor, patience, request), 'tensor get nb of the shape')
    call expect_matrix_of(tensor, 'tensor get nb of the shape')
  end subroutine

  ! A tensor is bytes: a header of 128, then its elements.
  subroutine are_bytes()
    character(len=256) :: value
    integer(c_size_t) :: size
    real(c_double) :: elements(12)
    call must(lath_get(session, 'matrix', value, size, patience), 'get of a tensor')
    call assert_equal(size, 128 + 12 * 8, 'bytes of a tensor')
    elements = transfer(value(129:size), elements)
    call assert_true(same(reshape(elements, [4, 3]), numbered(4, 3)), 'a tensor is stored column by column')
  end subroutine

  ! Over 64 KiB the elements are read where they lie: from memory of Lath's, of which a block is put.
  subroutine large_block()
    real(c_double), pointer :: field(:, :)
    real(c_double), allocatable, target :: back(:, :)
    type(lath_tensor) :: tensor
    type(c_ptr) :: memory
    call assert_status(lath_alloc(store, 8_c_size_t * 202 * 102, memory), 'alloc')
    call c_f_pointer(memory, field, [202, 102])
    call assert_true(all(abs(field) <= 0), 'allocated memory is zero')
    field = numbered(202, 102)
    allocate (back(200, 100))
    tensor = described(c_loc(field(2, 2)), [200, 100], [1, 202])
    call must(lath_tensor_put(session, 'large', tensor, patience), 'tensor put of a large block')
    call assert_status(lath_register(store, c_loc(back), 8_c_size_t * size(back)), 'register')
    tensor = described(c_loc(back), [200, 100])
    call must(lath_tensor_get(session, 'large', tensor, patience), 'tensor get of a large block')
    call assert_true(same(back, field(2:201, 2:101)), 'a large block is as it was put')
    call assert_status(lath_unregister(store, c_loc(back)), 'unregister')
    call assert_status(lath_unregister(store, c_loc(back)), 'unregister again', LATH_E_INVALID)
    call assert_status(lath_free(store, memory), 'free')
    call assert_status(lath_free(store, memory), 'free again', LATH_E_INVALID)
    call assert_status(lath_free(store, c_null_ptr), 'free of nothing')
    call assert_status(lath_alloc(store, 0_c_size_t, memory), 'alloc of no bytes', LATH_E_INVALID)
    call assert_status(lath_register(store, c_loc(back), 0_c_size_t), 'register of no bytes', LATH_E_INVALID)
  end subroutine

  subroutine refusals()
    real(c_double), target :: field(4, 3)
    type(lath_tensor), asynchronous :: tensor
    tensor = described(c_loc(field), [4, 3])
    field = 0
    call must(lath_put(session, 'bytes', 'no tensor', patience), 'put')
    call must(lath_counter_add(session, 'counter', 1_c_int64_t, patience), 'counter add')
    call must(lath_tensor_get(session, 'bytes', tensor, patience), 'tensor get of no tensor', LATH_E_WRONG_TYPE)
    call ended(lath_tensor_put_nb(session, 'counter', tensor, patience, request), 'tensor put nb to a counter', LATH_E_WRONG_TYPE)
    call ended(lath_tensor_get_nb(session, 'no such', tensor, patience, request), 'tensor get nb of nothing', LATH_E_NOT_FOUND)
    call must(lath_tensor_put(session, 'x', described(c_loc(field), [4, 0]), patience), 'tensor put of no column', LATH_E_INVALID)
    call must(lath_tensor_put(session, 'x', described(c_null_ptr, [4, 3]), patience), 'tensor put of no data', LATH_E_INVALID)
    tensor%dim_count = 9
    call must(lath_tensor_put(session, 'x', tensor, patience), 'tensor put of nine dimensions', LATH_E_INVALID)
    tensor = described(c_loc(field), [4, 3], [0, 4])
    call must(lath_tensor_put_nb(session, 'x', tensor, patience, request), 'tensor put nb with a stride of 0', LATH_E_INVALID)
  end subroutine
end program tensors
