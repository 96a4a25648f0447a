! Lath from Fortran 2018: the whole C API. Written from the C headers by launch/c_api/write-fortran; change it there.
!
!   use lath
!   type(lath_store) :: store
!   type(lath_session) :: session
!   real(c_double) :: field(nx, ny), least(1)
!   integer(c_size_t) :: count
!   if (lath_open('embedded:', store=store) /= LATH_OK) error stop lath_last_error()
!   if (lath_session_open(store, session=session) /= LATH_OK) error stop lath_last_error()
!   if (lath_array_merge(session, 'field', LATH_SUM, field, lath_seconds(10d0)) /= LATH_OK) error stop lath_last_error(session)
!   if (lath_counter_add(session, 'steps', 1_c_int64_t, lath_seconds(10d0)) /= LATH_OK) error stop lath_last_error(session)
!
! Compile this file once with your own compiler, and link with liblath:
!
!   gfortran -c PREFIX/include/lath/lath.f90 && gfortran app.f90 lath.o $(pkg-config --libs lath)
!
! What each call does is in the C headers beside this file, and in man 3 lath. What is different here:
!   strings  keys, fields, values, elements and lists are character(len=*): any bytes, all of them, trailing blanks too, with no
!            size argument. What is no string is passed as c_loc(x) and its size in bytes (lath_put, lath_get and their kin).
!   arrays   of real32, real64, int32 and int64, of any rank, in the order in which they lie in memory (column-major), without a
!            copy. They must be contiguous: a section that is not is refused with LATH_E_INVALID ("elements is NULL").
!   numbers  C's uint64_t and size_t are signed here: a count over huge() comes back negative. LATH_FOREVER is -1.
!   options  optional; a lath_options that is declared has the defaults. Its strings are c_loc of a target that ends in c_null_char.
!   outs     of an _nb call or a batch are written until it has ended: declare them ASYNCHRONOUS (or TARGET) where you wait for it.
!   NULL     handles begin as none; to close one that is none is fine.
! c_lath_... are the calls as C has them. MPI: lath_mpi.f90.
module lath
  use, intrinsic :: iso_c_binding
  implicit none
  public
  private :: start_of, text_at

  type, bind(C) :: lath_store
    type(c_ptr) :: handle = c_null_ptr
  end type
  type, bind(C) :: lath_session
    type(c_ptr) :: handle = c_null_ptr
  end type
  type, bind(C) :: lath_batch
    type(c_ptr) :: handle = c_null_ptr
  end type
  integer, parameter :: lath_request = c_int64_t ! the kind of a request's name: integer(lath_request)

  integer(c_int64_t), parameter :: LATH_FOREVER = -1_c_int64_t

  integer(c_int), parameter :: LATH_OK = 0_c_int
  integer(c_int), parameter :: LATH_E_INVALID = 1_c_int
  integer(c_int), parameter :: LATH_E_NOT_FOUND = 2_c_int
  integer(c_int), parameter :: LATH_E_WRONG_TYPE = 3_c_int
  integer(c_int), parameter :: LATH_E_TOO_LARGE = 4_c_int
  integer(c_int), parameter :: LATH_E_TOO_SMALL = 5_c_int
  integer(c_int), parameter :: LATH_E_FULL = 6_c_int
  integer(c_int), parameter :: LATH_E_TIMEOUT = 7_c_int
  integer(c_int), parameter :: LATH_E_UNREACHABLE = 8_c_int
  integer(c_int), parameter :: LATH_E_UNKNOWN = 9_c_int
  integer(c_int), parameter :: LATH_E_CLOSED = 10_c_int
  integer(c_int), parameter :: LATH_E_DENIED = 11_c_int
  integer(c_int), parameter :: LATH_E_VERSION = 12_c_int
  integer(c_int), parameter :: LATH_E_IO = 13_c_int
  integer(c_int), parameter :: LATH_IN_PROGRESS = 15_c_int
  integer(c_int), parameter :: LATH_E_INTERNAL = 17_c_int
  integer(c_int), parameter :: LATH_STATUS_RANGE = 2147483647_c_int
  integer(c_int), parameter :: LATH_MAX = 0_c_int
  integer(c_int), parameter :: LATH_MIN = 1_c_int
  integer(c_int), parameter :: LATH_SUM = 2_c_int
  integer(c_int), parameter :: LATH_HOW_RANGE = 2147483647_c_int
  integer(c_int), parameter :: LATH_F32 = 0_c_int
  integer(c_int), parameter :: LATH_F64 = 1_c_int
  integer(c_int), parameter :: LATH_I32 = 2_c_int
  integer(c_int), parameter :: LATH_I64 = 3_c_int
  integer(c_int), parameter :: LATH_F16 = 4_c_int
  integer(c_int), parameter :: LATH_BF16 = 5_c_int
  integer(c_int), parameter :: LATH_I8 = 6_c_int
  integer(c_int), parameter :: LATH_U8 = 7_c_int
  integer(c_int), parameter :: LATH_I16 = 8_c_int
  integer(c_int), parameter :: LATH_U16 = 9_c_int
  integer(c_int), parameter :: LATH_U32 = 10_c_int
  integer(c_int), parameter :: LATH_U64 = 11_c_int
  integer(c_int), parameter :: LATH_C64 = 12_c_int
  integer(c_int), parameter :: LATH_C128 = 13_c_int
  integer(c_int), parameter :: LATH_DTYPE_RANGE = 2147483647_c_int
  integer(c_int), parameter :: LATH_PROGRESS_THREAD = 0_c_int
  integer(c_int), parameter :: LATH_PROGRESS_CALLER = 1_c_int
  integer(c_int), parameter :: LATH_PROGRESS_MODE_RANGE = 2147483647_c_int
  integer(c_int), parameter :: LATH_ROW_MAJOR = 0_c_int
  integer(c_int), parameter :: LATH_COLUMN_MAJOR = 1_c_int
  integer(c_int), parameter :: LATH_ORDER_RANGE = 2147483647_c_int
  integer(c_size_t), parameter :: LATH_KEY_BYTES_MAX = 1024_c_size_t
  integer(c_size_t), parameter :: LATH_VALUE_BYTES_MAX = 65536_c_size_t
  integer(c_size_t), parameter :: LATH_LARGE_BYTES_MAX = 1073741824_c_size_t
  integer(c_size_t), parameter :: LATH_REQUESTS_MAX = 4096_c_size_t
  integer(c_size_t), parameter :: LATH_ACK_NODES_MAX = 16_c_size_t
  integer(c_size_t), parameter :: LATH_TENSOR_DIMS_MAX = 8_c_size_t

  type, bind(C) :: lath_siblings
    type(c_ptr) :: context = c_null_ptr
    integer(c_size_t) :: context_capacity = 0
    integer(c_size_t) :: context_size = 0
    type(c_ptr) :: list = c_null_ptr
    integer(c_size_t) :: list_capacity = 0
    integer(c_size_t) :: list_size = 0
  end type

  type, bind(C) :: lath_options
    integer(c_size_t) :: size = 96_c_size_t
    type(c_ptr) :: config_file = c_null_ptr
    type(c_ptr) :: key_file = c_null_ptr
    integer(c_int32_t) :: shards = 0
    type(c_ptr) :: cpus = c_null_ptr
    integer(c_int64_t) :: memory_bytes = 0
    integer(c_int32_t) :: replication_nodes = 0
    integer(c_int32_t) :: replication_shards = 0
    integer(c_int32_t) :: gossip_us = 0
    integer(c_int64_t) :: open_timeout_ns = 0
    type(c_ptr) :: contact = c_null_ptr
    type(c_ptr) :: log_level = c_null_ptr
    integer(c_int) :: progress = LATH_PROGRESS_THREAD
  end type

  type, bind(C) :: lath_session_options
    integer(c_size_t) :: size = 16_c_size_t
    integer(c_int32_t) :: ack_nodes = 1
  end type

  type, bind(C) :: lath_group
    integer(c_size_t) :: size = 56_c_size_t
    integer(c_int) :: rank = 0
    integer(c_int) :: count = 0
    type(c_ptr) :: context = c_null_ptr
    type(c_funptr) :: broadcast = c_null_funptr
    type(c_funptr) :: allgather = c_null_funptr
    type(c_funptr) :: explain = c_null_funptr
    type(c_ptr) :: caller = c_null_ptr
  end type

  type, bind(C) :: lath_node
    integer(c_size_t) :: size = 296_c_size_t
    integer(c_int32_t) :: node = 0
    integer(c_int32_t) :: shards = 0
    integer(c_int64_t) :: incarnation = 0
    character(kind=c_char) :: state(16) = c_null_char
    character(kind=c_char) :: host(256) = c_null_char
  end type

  type, bind(C) :: lath_place
    integer(c_int32_t) :: node = 0
    integer(c_int32_t) :: shard = 0
  end type

  type, bind(C) :: lath_tensor
    integer(c_size_t) :: size = 160_c_size_t
    type(c_ptr) :: data = c_null_ptr
    integer(c_int) :: dtype = LATH_F64
    integer(c_int) :: order = LATH_ROW_MAJOR
    integer(c_int32_t) :: dim_count = 0
    integer(c_int64_t) :: dims(8) = 0
    integer(c_int64_t) :: strides(8) = 0
  end type

  ! The C API as it is, in the order of the headers.
  interface
    function c_lath_open(where, options, store) bind(C, name="lath_open") result(answer)
      import
      character(kind=c_char), intent(in) :: where(*)
      type(c_ptr), value :: options
      type(c_ptr), intent(inout) :: store
      integer(c_int) :: answer
    end function
    function c_lath_open_group(group, options, store) bind(C, name="lath_open_group") result(answer)
      import
      type(lath_group), intent(in) :: group
      type(c_ptr), value :: options
      type(c_ptr), intent(inout) :: store
      integer(c_int) :: answer
    end function
    function c_lath_close(store) bind(C, name="lath_close") result(answer)
      import
      type(c_ptr), value :: store
      integer(c_int) :: answer
    end function
    function c_lath_session_open(store, options, session) bind(C, name="lath_session_open") result(answer)
      import
      type(c_ptr), value :: store, options
      type(c_ptr), intent(inout) :: session
      integer(c_int) :: answer
    end function
    function c_lath_session_close(session) bind(C, name="lath_session_close") result(answer)
      import
      type(c_ptr), value :: session
      integer(c_int) :: answer
    end function
    function c_lath_status_string(status) bind(C, name="lath_status_string") result(answer)
      import
      integer(c_int), value :: status
      type(c_ptr) :: answer
    end function
    function c_lath_last_error(session) bind(C, name="lath_last_error") result(answer)
      import
      type(c_ptr), value :: session
      type(c_ptr) :: answer
    end function
    function c_lath_version() bind(C, name="lath_version") result(answer)
      import
      type(c_ptr) :: answer
    end function
    function c_lath_batch_open(session, operations, batch) bind(C, name="lath_batch_open") result(answer)
      import
      type(c_ptr), value :: session
      integer(c_size_t), value :: operations
      type(c_ptr), intent(inout) :: batch
      integer(c_int) :: answer
    end function
    function c_lath_batch_close(batch) bind(C, name="lath_batch_close") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_int) :: answer
    end function
    function c_lath_batch_put(batch, key, key_size, value, value_size) bind(C, name="lath_batch_put") result(answer)
      import
      type(c_ptr), value :: batch, key, value
      integer(c_size_t), value :: key_size, value_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_get(batch, key, key_size, value, capacity, size) bind(C, name="lath_batch_get") result(answer)
      import
      type(c_ptr), value :: batch, key, value
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_erase(batch, key, key_size) bind(C, name="lath_batch_erase") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_counter_add(batch, key, key_size, by) bind(C, name="lath_batch_counter_add") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by
      integer(c_int) :: answer
    end function
    function c_lath_batch_counter_get(batch, key, key_size, value) bind(C, name="lath_batch_counter_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_grow_counter_add(batch, key, key_size, by) bind(C, name="lath_batch_grow_counter_add") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by
      integer(c_int) :: answer
    end function
    function c_lath_batch_grow_counter_get(batch, key, key_size, value) bind(C, &
        name="lath_batch_grow_counter_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_max_i64_merge(batch, key, key_size, value) bind(C, name="lath_batch_max_i64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_max_i64_get(batch, key, key_size, value) bind(C, name="lath_batch_max_i64_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_min_i64_merge(batch, key, key_size, value) bind(C, name="lath_batch_min_i64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_min_i64_get(batch, key, key_size, value) bind(C, name="lath_batch_min_i64_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_max_f64_merge(batch, key, key_size, value) bind(C, name="lath_batch_max_f64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_max_f64_get(batch, key, key_size, value) bind(C, name="lath_batch_max_f64_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_min_f64_merge(batch, key, key_size, value) bind(C, name="lath_batch_min_f64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_min_f64_get(batch, key, key_size, value) bind(C, name="lath_batch_min_f64_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_gset_add(batch, key, key_size, element, element_size) bind(C, &
        name="lath_batch_gset_add") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_gset_contains(batch, key, key_size, element, element_size, contains) bind(C, &
        name="lath_batch_gset_contains") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int) :: answer
    end function
    function c_lath_batch_gset_members(batch, key, key_size, list, capacity, size) bind(C, &
        name="lath_batch_gset_members") result(answer)
      import
      type(c_ptr), value :: batch, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_set_add(batch, key, key_size, element, element_size) bind(C, name="lath_batch_set_add") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_set_remove(batch, key, key_size, element, element_size) bind(C, &
        name="lath_batch_set_remove") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_set_contains(batch, key, key_size, element, element_size, contains) bind(C, &
        name="lath_batch_set_contains") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int) :: answer
    end function
    function c_lath_batch_set_members(batch, key, key_size, list, capacity, size) bind(C, &
        name="lath_batch_set_members") result(answer)
      import
      type(c_ptr), value :: batch, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_put(batch, key, key_size, field, field_size, value, value_size) bind(C, &
        name="lath_batch_map_put") result(answer)
      import
      type(c_ptr), value :: batch, key, field, value
      integer(c_size_t), value :: key_size, field_size, value_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_get(batch, key, key_size, field, field_size, value, capacity, size) bind(C, &
        name="lath_batch_map_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field, value
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_erase(batch, key, key_size, field, field_size) bind(C, name="lath_batch_map_erase") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_fields(batch, key, key_size, list, capacity, size) bind(C, &
        name="lath_batch_map_fields") result(answer)
      import
      type(c_ptr), value :: batch, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_counter_add(batch, key, key_size, field, field_size, by) bind(C, &
        name="lath_batch_map_counter_add") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_counter_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_counter_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_grow_counter_add(batch, key, key_size, field, field_size, by) bind(C, &
        name="lath_batch_map_grow_counter_add") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_grow_counter_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_grow_counter_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_max_i64_merge(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_max_i64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_max_i64_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_max_i64_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_min_i64_merge(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_min_i64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_min_i64_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_min_i64_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_max_f64_merge(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_max_f64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_max_f64_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_max_f64_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_min_f64_merge(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_min_f64_merge") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_min_f64_get(batch, key, key_size, field, field_size, value) bind(C, &
        name="lath_batch_map_min_f64_get") result(answer)
      import
      type(c_ptr), value :: batch, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_gset_add(batch, key, key_size, field, field_size, element, element_size) bind(C, &
        name="lath_batch_map_gset_add") result(answer)
      import
      type(c_ptr), value :: batch, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_gset_contains(batch, key, key_size, field, field_size, element, element_size, contains) bind(C, &
        name="lath_batch_map_gset_contains") result(answer)
      import
      type(c_ptr), value :: batch, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_gset_members(batch, key, key_size, field, field_size, list, capacity, size) bind(C, &
        name="lath_batch_map_gset_members") result(answer)
      import
      type(c_ptr), value :: batch, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_set_add(batch, key, key_size, field, field_size, element, element_size) bind(C, &
        name="lath_batch_map_set_add") result(answer)
      import
      type(c_ptr), value :: batch, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_set_remove(batch, key, key_size, field, field_size, element, element_size) bind(C, &
        name="lath_batch_map_set_remove") result(answer)
      import
      type(c_ptr), value :: batch, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_set_contains(batch, key, key_size, field, field_size, element, element_size, contains) bind(C, &
        name="lath_batch_map_set_contains") result(answer)
      import
      type(c_ptr), value :: batch, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int) :: answer
    end function
    function c_lath_batch_map_set_members(batch, key, key_size, field, field_size, list, capacity, size) bind(C, &
        name="lath_batch_map_set_members") result(answer)
      import
      type(c_ptr), value :: batch, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int) :: answer
    end function
    function c_lath_batch_mv_put(batch, key, key_size, context, context_size, value, value_size) bind(C, &
        name="lath_batch_mv_put") result(answer)
      import
      type(c_ptr), value :: batch, key, context, value
      integer(c_size_t), value :: key_size, context_size, value_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_mv_get(batch, key, key_size, siblings) bind(C, name="lath_batch_mv_get") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      type(lath_siblings), intent(inout) :: siblings
      integer(c_int) :: answer
    end function
    function c_lath_batch_hll_add(batch, key, key_size, element, element_size) bind(C, name="lath_batch_hll_add") result(answer)
      import
      type(c_ptr), value :: batch, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int) :: answer
    end function
    function c_lath_batch_hll_count(batch, key, key_size, count) bind(C, name="lath_batch_hll_count") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: count
      integer(c_int) :: answer
    end function
    function c_lath_batch_array_merge(batch, key, key_size, how, dtype, elements, count) bind(C, &
        name="lath_batch_array_merge") result(answer)
      import
      type(c_ptr), value :: batch, key, elements
      integer(c_size_t), value :: key_size, count
      integer(c_int), value :: how, dtype
      integer(c_int) :: answer
    end function
    function c_lath_batch_array_get(batch, key, key_size, how, dtype, elements, capacity, count) bind(C, &
        name="lath_batch_array_get") result(answer)
      import
      type(c_ptr), value :: batch, key, elements
      integer(c_size_t), value :: key_size, capacity
      integer(c_int), value :: how, dtype
      integer(c_size_t), intent(inout) :: count
      integer(c_int) :: answer
    end function
    function c_lath_batch_wait(batch, key, key_size, since, version) bind(C, name="lath_batch_wait") result(answer)
      import
      type(c_ptr), value :: batch, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: since
      integer(c_int64_t), intent(inout) :: version
      integer(c_int) :: answer
    end function
    function c_lath_batch_flush(batch, nodes) bind(C, name="lath_batch_flush") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_int32_t), value :: nodes
      integer(c_int) :: answer
    end function
    function c_lath_batch_run(batch, timeout_ns) bind(C, name="lath_batch_run") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_batch_run_nb(batch, timeout_ns, request) bind(C, name="lath_batch_run_nb") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_batch_count(batch) bind(C, name="lath_batch_count") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_size_t) :: answer
    end function
    function c_lath_batch_status(batch, index) bind(C, name="lath_batch_status") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_size_t), value :: index
      integer(c_int) :: answer
    end function
    function c_lath_batch_clear(batch) bind(C, name="lath_batch_clear") result(answer)
      import
      type(c_ptr), value :: batch
      integer(c_int) :: answer
    end function
    function c_lath_node_count(store, count, epoch) bind(C, name="lath_node_count") result(answer)
      import
      type(c_ptr), value :: store
      integer(c_size_t), intent(inout) :: count
      integer(c_int64_t), intent(inout) :: epoch
      integer(c_int) :: answer
    end function
    function c_lath_node_at(store, index, node) bind(C, name="lath_node_at") result(answer)
      import
      type(c_ptr), value :: store
      integer(c_size_t), value :: index
      type(lath_node), intent(inout) :: node
      integer(c_int) :: answer
    end function
    function c_lath_places(store, key, key_size, places, capacity, count) bind(C, name="lath_places") result(answer)
      import
      type(c_ptr), value :: store, key, places
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: count
      integer(c_int) :: answer
    end function
    function c_lath_shard_stats(session, place, list, capacity, size, timeout_ns) bind(C, &
        name="lath_shard_stats") result(answer)
      import
      type(c_ptr), value :: session, list
      type(lath_place), value :: place
      integer(c_size_t), value :: capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_list_count(list, list_size) bind(C, name="lath_list_count") result(answer)
      import
      type(c_ptr), value :: list
      integer(c_size_t), value :: list_size
      integer(c_size_t) :: answer
    end function
    function c_lath_list_next(list, list_size, position, member, member_size) bind(C, name="lath_list_next") result(answer)
      import
      type(c_ptr), value :: list
      integer(c_size_t), value :: list_size
      integer(c_size_t), intent(inout) :: position, member_size
      type(c_ptr), intent(inout) :: member
      integer(c_int) :: answer
    end function
    function c_lath_gset_add(session, key, key_size, element, element_size, timeout_ns) bind(C, &
        name="lath_gset_add") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_gset_contains(session, key, key_size, element, element_size, contains, timeout_ns) bind(C, &
        name="lath_gset_contains") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_gset_members(session, key, key_size, list, capacity, size, timeout_ns) bind(C, &
        name="lath_gset_members") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_set_add(session, key, key_size, element, element_size, timeout_ns) bind(C, &
        name="lath_set_add") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_set_remove(session, key, key_size, element, element_size, timeout_ns) bind(C, &
        name="lath_set_remove") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_set_contains(session, key, key_size, element, element_size, contains, timeout_ns) bind(C, &
        name="lath_set_contains") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_set_members(session, key, key_size, list, capacity, size, timeout_ns) bind(C, &
        name="lath_set_members") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_put(session, key, key_size, field, field_size, value, value_size, timeout_ns) bind(C, &
        name="lath_map_put") result(answer)
      import
      type(c_ptr), value :: session, key, field, value
      integer(c_size_t), value :: key_size, field_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_get(session, key, key_size, field, field_size, value, capacity, size, timeout_ns) bind(C, &
        name="lath_map_get") result(answer)
      import
      type(c_ptr), value :: session, key, field, value
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_erase(session, key, key_size, field, field_size, timeout_ns) bind(C, &
        name="lath_map_erase") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_fields(session, key, key_size, list, capacity, size, timeout_ns) bind(C, &
        name="lath_map_fields") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_counter_add(session, key, key_size, field, field_size, by, timeout_ns) bind(C, &
        name="lath_map_counter_add") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_counter_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_counter_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_grow_counter_add(session, key, key_size, field, field_size, by, timeout_ns) bind(C, &
        name="lath_map_grow_counter_add") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_grow_counter_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_grow_counter_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_max_i64_merge(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_max_i64_merge") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_max_i64_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_max_i64_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_min_i64_merge(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_min_i64_merge") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_min_i64_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_min_i64_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_max_f64_merge(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_max_f64_merge") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_max_f64_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_max_f64_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_min_f64_merge(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_min_f64_merge") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_min_f64_get(session, key, key_size, field, field_size, value, timeout_ns) bind(C, &
        name="lath_map_min_f64_get") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_add(session, key, key_size, field, field_size, element, element_size, timeout_ns) bind(C, &
        name="lath_map_gset_add") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_contains(session, key, key_size, field, field_size, element, element_size, contains, &
        timeout_ns) bind(C, name="lath_map_gset_contains") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_members(session, key, key_size, field, field_size, list, capacity, size, timeout_ns) bind(C, &
        name="lath_map_gset_members") result(answer)
      import
      type(c_ptr), value :: session, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_set_add(session, key, key_size, field, field_size, element, element_size, timeout_ns) bind(C, &
        name="lath_map_set_add") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_set_remove(session, key, key_size, field, field_size, element, element_size, timeout_ns) bind(C, &
        name="lath_map_set_remove") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_set_contains(session, key, key_size, field, field_size, element, element_size, contains, &
        timeout_ns) bind(C, name="lath_map_set_contains") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_map_set_members(session, key, key_size, field, field_size, list, capacity, size, timeout_ns) bind(C, &
        name="lath_map_set_members") result(answer)
      import
      type(c_ptr), value :: session, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_mv_put(session, key, key_size, context, context_size, value, value_size, timeout_ns) bind(C, &
        name="lath_mv_put") result(answer)
      import
      type(c_ptr), value :: session, key, context, value
      integer(c_size_t), value :: key_size, context_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_mv_get(session, key, key_size, siblings, timeout_ns) bind(C, name="lath_mv_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_siblings), intent(inout) :: siblings
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_hll_add(session, key, key_size, element, element_size, timeout_ns) bind(C, &
        name="lath_hll_add") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_hll_count(session, key, key_size, count, timeout_ns) bind(C, name="lath_hll_count") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: count
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_array_merge(session, key, key_size, how, dtype, elements, count, timeout_ns) bind(C, &
        name="lath_array_merge") result(answer)
      import
      type(c_ptr), value :: session, key, elements
      integer(c_size_t), value :: key_size, count
      integer(c_int), value :: how, dtype
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_array_get(session, key, key_size, how, dtype, elements, capacity, count, timeout_ns) bind(C, &
        name="lath_array_get") result(answer)
      import
      type(c_ptr), value :: session, key, elements
      integer(c_size_t), value :: key_size, capacity
      integer(c_int), value :: how, dtype
      integer(c_size_t), intent(inout) :: count
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_put_nb(session, key, key_size, value, value_size, timeout_ns, request) bind(C, &
        name="lath_put_nb") result(answer)
      import
      type(c_ptr), value :: session, key, value
      integer(c_size_t), value :: key_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_get_nb(session, key, key_size, value, capacity, size, timeout_ns, request) bind(C, &
        name="lath_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, value
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_erase_nb(session, key, key_size, timeout_ns, request) bind(C, name="lath_erase_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_counter_add_nb(session, key, key_size, by, timeout_ns, request) bind(C, &
        name="lath_counter_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_counter_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_counter_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_grow_counter_add_nb(session, key, key_size, by, timeout_ns, request) bind(C, &
        name="lath_grow_counter_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_grow_counter_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_grow_counter_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_max_i64_merge_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_max_i64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_max_i64_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_max_i64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_min_i64_merge_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_min_i64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_min_i64_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_min_i64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_max_f64_merge_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_max_f64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_max_f64_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_max_f64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_min_f64_merge_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_min_f64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_min_f64_get_nb(session, key, key_size, value, timeout_ns, request) bind(C, &
        name="lath_min_f64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_gset_add_nb(session, key, key_size, element, element_size, timeout_ns, request) bind(C, &
        name="lath_gset_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_gset_contains_nb(session, key, key_size, element, element_size, contains, timeout_ns, request) bind(C, &
        name="lath_gset_contains_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_gset_members_nb(session, key, key_size, list, capacity, size, timeout_ns, request) bind(C, &
        name="lath_gset_members_nb") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_set_add_nb(session, key, key_size, element, element_size, timeout_ns, request) bind(C, &
        name="lath_set_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_set_remove_nb(session, key, key_size, element, element_size, timeout_ns, request) bind(C, &
        name="lath_set_remove_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_set_contains_nb(session, key, key_size, element, element_size, contains, timeout_ns, request) bind(C, &
        name="lath_set_contains_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_set_members_nb(session, key, key_size, list, capacity, size, timeout_ns, request) bind(C, &
        name="lath_set_members_nb") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_put_nb(session, key, key_size, field, field_size, value, value_size, timeout_ns, request) bind(C, &
        name="lath_map_put_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, value
      integer(c_size_t), value :: key_size, field_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_get_nb(session, key, key_size, field, field_size, value, capacity, size, timeout_ns, request) bind(C, &
        name="lath_map_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, value
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_erase_nb(session, key, key_size, field, field_size, timeout_ns, request) bind(C, &
        name="lath_map_erase_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_fields_nb(session, key, key_size, list, capacity, size, timeout_ns, request) bind(C, &
        name="lath_map_fields_nb") result(answer)
      import
      type(c_ptr), value :: session, key, list
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_counter_add_nb(session, key, key_size, field, field_size, by, timeout_ns, request) bind(C, &
        name="lath_map_counter_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_counter_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_counter_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_grow_counter_add_nb(session, key, key_size, field, field_size, by, timeout_ns, request) bind(C, &
        name="lath_map_grow_counter_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_grow_counter_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_grow_counter_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_max_i64_merge_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_max_i64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_max_i64_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_max_i64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_min_i64_merge_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_min_i64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_min_i64_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_min_i64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_max_f64_merge_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_max_f64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_max_f64_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_max_f64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_min_f64_merge_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_min_f64_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_min_f64_get_nb(session, key, key_size, field, field_size, value, timeout_ns, request) bind(C, &
        name="lath_map_min_f64_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field
      integer(c_size_t), value :: key_size, field_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_add_nb(session, key, key_size, field, field_size, element, element_size, timeout_ns, &
        request) bind(C, name="lath_map_gset_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_contains_nb(session, key, key_size, field, field_size, element, element_size, contains, &
        timeout_ns, request) bind(C, name="lath_map_gset_contains_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_gset_members_nb(session, key, key_size, field, field_size, list, capacity, size, timeout_ns, &
        request) bind(C, name="lath_map_gset_members_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_set_add_nb(session, key, key_size, field, field_size, element, element_size, timeout_ns, &
        request) bind(C, name="lath_map_set_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_set_remove_nb(session, key, key_size, field, field_size, element, element_size, timeout_ns, &
        request) bind(C, name="lath_map_set_remove_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_set_contains_nb(session, key, key_size, field, field_size, element, element_size, contains, &
        timeout_ns, request) bind(C, name="lath_map_set_contains_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, element
      integer(c_size_t), value :: key_size, field_size, element_size
      integer(c_int), intent(inout) :: contains
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_map_set_members_nb(session, key, key_size, field, field_size, list, capacity, size, timeout_ns, &
        request) bind(C, name="lath_map_set_members_nb") result(answer)
      import
      type(c_ptr), value :: session, key, field, list
      integer(c_size_t), value :: key_size, field_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_mv_put_nb(session, key, key_size, context, context_size, value, value_size, timeout_ns, request) bind(C, &
        name="lath_mv_put_nb") result(answer)
      import
      type(c_ptr), value :: session, key, context, value
      integer(c_size_t), value :: key_size, context_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_mv_get_nb(session, key, key_size, siblings, timeout_ns, request) bind(C, &
        name="lath_mv_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_siblings), intent(inout) :: siblings
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_hll_add_nb(session, key, key_size, element, element_size, timeout_ns, request) bind(C, &
        name="lath_hll_add_nb") result(answer)
      import
      type(c_ptr), value :: session, key, element
      integer(c_size_t), value :: key_size, element_size
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_hll_count_nb(session, key, key_size, count, timeout_ns, request) bind(C, &
        name="lath_hll_count_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: count
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_array_merge_nb(session, key, key_size, how, dtype, elements, count, timeout_ns, request) bind(C, &
        name="lath_array_merge_nb") result(answer)
      import
      type(c_ptr), value :: session, key, elements
      integer(c_size_t), value :: key_size, count
      integer(c_int), value :: how, dtype
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_array_get_nb(session, key, key_size, how, dtype, elements, capacity, count, timeout_ns, request) bind(C, &
        name="lath_array_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key, elements
      integer(c_size_t), value :: key_size, capacity
      integer(c_int), value :: how, dtype
      integer(c_size_t), intent(inout) :: count
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_wait_nb(session, key, key_size, since, version, timeout_ns, request) bind(C, &
        name="lath_wait_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: since, timeout_ns
      integer(c_int64_t), intent(inout) :: version
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_flush_nb(session, nodes, timeout_ns, request) bind(C, name="lath_flush_nb") result(answer)
      import
      type(c_ptr), value :: session
      integer(c_int32_t), value :: nodes
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_progress(session) bind(C, name="lath_progress") result(answer)
      import
      type(c_ptr), value :: session
      integer(c_int) :: answer
    end function
    function c_lath_test(session, request) bind(C, name="lath_test") result(answer)
      import
      type(c_ptr), value :: session
      integer(lath_request), value :: request
      integer(c_int) :: answer
    end function
    function c_lath_wait_request(session, request, timeout_ns) bind(C, name="lath_wait_request") result(answer)
      import
      type(c_ptr), value :: session
      integer(lath_request), value :: request
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_wait_all(session, requests, count, statuses, timeout_ns) bind(C, name="lath_wait_all") result(answer)
      import
      type(c_ptr), value :: session, requests, statuses
      integer(c_size_t), value :: count
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_cancel(session, request) bind(C, name="lath_cancel") result(answer)
      import
      type(c_ptr), value :: session
      integer(lath_request), value :: request
      integer(c_int) :: answer
    end function
    function c_lath_tensor_put(session, key, key_size, tensor, timeout_ns) bind(C, name="lath_tensor_put") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_tensor), intent(in) :: tensor
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_tensor_get(session, key, key_size, tensor, timeout_ns) bind(C, name="lath_tensor_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_tensor), intent(inout) :: tensor
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_tensor_put_nb(session, key, key_size, tensor, timeout_ns, request) bind(C, &
        name="lath_tensor_put_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_tensor), intent(in) :: tensor
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_tensor_get_nb(session, key, key_size, tensor, timeout_ns, request) bind(C, &
        name="lath_tensor_get_nb") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      type(lath_tensor), intent(inout) :: tensor
      integer(c_int64_t), value :: timeout_ns
      integer(lath_request), intent(inout) :: request
      integer(c_int) :: answer
    end function
    function c_lath_alloc(store, size, memory) bind(C, name="lath_alloc") result(answer)
      import
      type(c_ptr), value :: store
      integer(c_size_t), value :: size
      type(c_ptr), intent(inout) :: memory
      integer(c_int) :: answer
    end function
    function c_lath_free(store, memory) bind(C, name="lath_free") result(answer)
      import
      type(c_ptr), value :: store, memory
      integer(c_int) :: answer
    end function
    function c_lath_register(store, memory, size) bind(C, name="lath_register") result(answer)
      import
      type(c_ptr), value :: store, memory
      integer(c_size_t), value :: size
      integer(c_int) :: answer
    end function
    function c_lath_unregister(store, memory) bind(C, name="lath_unregister") result(answer)
      import
      type(c_ptr), value :: store, memory
      integer(c_int) :: answer
    end function
    function c_lath_put(session, key, key_size, value, value_size, timeout_ns) bind(C, name="lath_put") result(answer)
      import
      type(c_ptr), value :: session, key, value
      integer(c_size_t), value :: key_size, value_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_get(session, key, key_size, value, capacity, size, timeout_ns) bind(C, name="lath_get") result(answer)
      import
      type(c_ptr), value :: session, key, value
      integer(c_size_t), value :: key_size, capacity
      integer(c_size_t), intent(inout) :: size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_erase(session, key, key_size, timeout_ns) bind(C, name="lath_erase") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_counter_add(session, key, key_size, by, timeout_ns) bind(C, name="lath_counter_add") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_counter_get(session, key, key_size, value, timeout_ns) bind(C, name="lath_counter_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_grow_counter_add(session, key, key_size, by, timeout_ns) bind(C, &
        name="lath_grow_counter_add") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: by, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_grow_counter_get(session, key, key_size, value, timeout_ns) bind(C, &
        name="lath_grow_counter_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_max_i64_merge(session, key, key_size, value, timeout_ns) bind(C, name="lath_max_i64_merge") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_max_i64_get(session, key, key_size, value, timeout_ns) bind(C, name="lath_max_i64_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_min_i64_merge(session, key, key_size, value, timeout_ns) bind(C, name="lath_min_i64_merge") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: value, timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_min_i64_get(session, key, key_size, value, timeout_ns) bind(C, name="lath_min_i64_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_max_f64_merge(session, key, key_size, value, timeout_ns) bind(C, name="lath_max_f64_merge") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_max_f64_get(session, key, key_size, value, timeout_ns) bind(C, name="lath_max_f64_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_min_f64_merge(session, key, key_size, value, timeout_ns) bind(C, name="lath_min_f64_merge") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), value :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_min_f64_get(session, key, key_size, value, timeout_ns) bind(C, name="lath_min_f64_get") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      real(c_double), intent(inout) :: value
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
    function c_lath_wait(session, key, key_size, since, version, timeout_ns) bind(C, name="lath_wait") result(answer)
      import
      type(c_ptr), value :: session, key
      integer(c_size_t), value :: key_size
      integer(c_int64_t), value :: since, timeout_ns
      integer(c_int64_t), intent(inout) :: version
      integer(c_int) :: answer
    end function
    function c_lath_flush(session, nodes, timeout_ns) bind(C, name="lath_flush") result(answer)
      import
      type(c_ptr), value :: session
      integer(c_int32_t), value :: nodes
      integer(c_int64_t), value :: timeout_ns
      integer(c_int) :: answer
    end function
  end interface

  interface lath_batch_put
    procedure lath_batch_put_text, lath_batch_put_at
  end interface
  interface lath_batch_get
    procedure lath_batch_get_text, lath_batch_get_at
  end interface
  interface lath_batch_map_put
    procedure lath_batch_map_put_text, lath_batch_map_put_at
  end interface
  interface lath_batch_map_get
    procedure lath_batch_map_get_text, lath_batch_map_get_at
  end interface
  interface lath_batch_mv_put
    procedure lath_batch_mv_put_text, lath_batch_mv_put_at
  end interface
  interface lath_batch_array_merge
    procedure lath_batch_array_merge_f32, lath_batch_array_merge_f64, lath_batch_array_merge_i32, lath_batch_array_merge_i64, &
        lath_batch_array_merge_at
  end interface
  interface lath_batch_array_get
    procedure lath_batch_array_get_f32, lath_batch_array_get_f64, lath_batch_array_get_i32, lath_batch_array_get_i64, &
        lath_batch_array_get_at
  end interface
  interface lath_map_put
    procedure lath_map_put_text, lath_map_put_at
  end interface
  interface lath_map_get
    procedure lath_map_get_text, lath_map_get_at
  end interface
  interface lath_mv_put
    procedure lath_mv_put_text, lath_mv_put_at
  end interface
  interface lath_array_merge
    procedure lath_array_merge_f32, lath_array_merge_f64, lath_array_merge_i32, lath_array_merge_i64, lath_array_merge_at
  end interface
  interface lath_array_get
    procedure lath_array_get_f32, lath_array_get_f64, lath_array_get_i32, lath_array_get_i64, lath_array_get_at
  end interface
  interface lath_put_nb
    procedure lath_put_nb_text, lath_put_nb_at
  end interface
  interface lath_get_nb
    procedure lath_get_nb_text, lath_get_nb_at
  end interface
  interface lath_map_put_nb
    procedure lath_map_put_nb_text, lath_map_put_nb_at
  end interface
  interface lath_map_get_nb
    procedure lath_map_get_nb_text, lath_map_get_nb_at
  end interface
  interface lath_mv_put_nb
    procedure lath_mv_put_nb_text, lath_mv_put_nb_at
  end interface
  interface lath_array_merge_nb
    procedure lath_array_merge_nb_f32, lath_array_merge_nb_f64, lath_array_merge_nb_i32, lath_array_merge_nb_i64, &
        lath_array_merge_nb_at
  end interface
  interface lath_array_get_nb
    procedure lath_array_get_nb_f32, lath_array_get_nb_f64, lath_array_get_nb_i32, lath_array_get_nb_i64, lath_array_get_nb_at
  end interface
  interface lath_put
    procedure lath_put_text, lath_put_at
  end interface
  interface lath_get
    procedure lath_get_text, lath_get_at
  end interface

contains

  function lath_open(where, options, store) result(answer)
    character(len=*), intent(in) :: where
    type(lath_options), intent(in), target, optional :: options
    type(lath_store), intent(inout) :: store
    integer(c_int) :: answer
    answer = c_lath_open(where // c_null_char, lath_options_at(options), store%handle)
  end function

  function lath_open_group(group, options, store) result(answer)
    type(lath_group), intent(in) :: group
    type(lath_options), intent(in), target, optional :: options
    type(lath_store), intent(inout) :: store
    integer(c_int) :: answer
    answer = c_lath_open_group(group, lath_options_at(options), store%handle)
  end function

  function lath_close(store) result(answer)
    type(lath_store), intent(in) :: store
    integer(c_int) :: answer
    answer = c_lath_close(store%handle)
  end function

  function lath_session_open(store, options, session) result(answer)
    type(lath_store), intent(in) :: store
    type(lath_session_options), intent(in), target, optional :: options
    type(lath_session), intent(inout) :: session
    integer(c_int) :: answer
    answer = c_lath_session_open(store%handle, lath_session_options_at(options), session%handle)
  end function

  function lath_session_close(session) result(answer)
    type(lath_session), intent(in) :: session
    integer(c_int) :: answer
    answer = c_lath_session_close(session%handle)
  end function

  function lath_batch_open(session, operations, batch) result(answer)
    type(lath_session), intent(in) :: session
    integer(c_size_t), intent(in) :: operations
    type(lath_batch), intent(inout) :: batch
    integer(c_int) :: answer
    answer = c_lath_batch_open(session%handle, operations, batch%handle)
  end function

  function lath_batch_close(batch) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_int) :: answer
    answer = c_lath_batch_close(batch%handle)
  end function

  function lath_batch_put_text(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, value
    integer(c_int) :: answer
    answer = c_lath_batch_put(batch%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t))
  end function

  function lath_batch_put_at(batch, key, value, value_size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int) :: answer
    answer = c_lath_batch_put(batch%handle, c_loc(key), len(key, c_size_t), value, value_size)
  end function

  function lath_batch_get_text(batch, key, value, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: value
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t), size)
  end function

  function lath_batch_get_at(batch, key, value, capacity, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_get(batch%handle, c_loc(key), len(key, c_size_t), value, capacity, size)
  end function

  function lath_batch_erase(batch, key) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int) :: answer
    answer = c_lath_batch_erase(batch%handle, c_loc(key), len(key, c_size_t))
  end function

  function lath_batch_counter_add(batch, key, by) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by
    integer(c_int) :: answer
    answer = c_lath_batch_counter_add(batch%handle, c_loc(key), len(key, c_size_t), by)
  end function

  function lath_batch_counter_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_counter_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_grow_counter_add(batch, key, by) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by
    integer(c_int) :: answer
    answer = c_lath_batch_grow_counter_add(batch%handle, c_loc(key), len(key, c_size_t), by)
  end function

  function lath_batch_grow_counter_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_grow_counter_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_max_i64_merge(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_max_i64_merge(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_max_i64_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_max_i64_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_min_i64_merge(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_min_i64_merge(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_min_i64_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_min_i64_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_max_f64_merge(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_max_f64_merge(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_max_f64_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_max_f64_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_min_f64_merge(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_min_f64_merge(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_min_f64_get(batch, key, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_min_f64_get(batch%handle, c_loc(key), len(key, c_size_t), value)
  end function

  function lath_batch_gset_add(batch, key, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int) :: answer
    answer = c_lath_batch_gset_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_gset_contains(batch, key, element, contains) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int) :: answer
    answer = c_lath_batch_gset_contains(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains)
  end function

  function lath_batch_gset_members(batch, key, list, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_gset_members(batch%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size)
  end function

  function lath_batch_set_add(batch, key, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int) :: answer
    answer = c_lath_batch_set_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_set_remove(batch, key, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int) :: answer
    answer = c_lath_batch_set_remove(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_set_contains(batch, key, element, contains) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int) :: answer
    answer = c_lath_batch_set_contains(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains)
  end function

  function lath_batch_set_members(batch, key, list, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_set_members(batch%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size)
  end function

  function lath_batch_map_put_text(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, value
    integer(c_int) :: answer
    answer = c_lath_batch_map_put(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(value), len(value, c_size_t))
  end function

  function lath_batch_map_put_at(batch, key, field, value, value_size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int) :: answer
    answer = c_lath_batch_map_put(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        value_size)
  end function

  function lath_batch_map_get_text(batch, key, field, value, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: value
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_map_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(value), len(value, c_size_t), size)
  end function

  function lath_batch_map_get_at(batch, key, field, value, capacity, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_map_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        capacity, size)
  end function

  function lath_batch_map_erase(batch, key, field) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int) :: answer
    answer = c_lath_batch_map_erase(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t))
  end function

  function lath_batch_map_fields(batch, key, list, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_map_fields(batch%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size)
  end function

  function lath_batch_map_counter_add(batch, key, field, by) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by
    integer(c_int) :: answer
    answer = c_lath_batch_map_counter_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), by)
  end function

  function lath_batch_map_counter_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_counter_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_grow_counter_add(batch, key, field, by) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by
    integer(c_int) :: answer
    answer = c_lath_batch_map_grow_counter_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, &
        c_size_t), by)
  end function

  function lath_batch_map_grow_counter_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_grow_counter_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, &
        c_size_t), value)
  end function

  function lath_batch_map_max_i64_merge(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_max_i64_merge(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_max_i64_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_max_i64_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_min_i64_merge(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_min_i64_merge(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_min_i64_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_min_i64_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_max_f64_merge(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_max_f64_merge(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_max_f64_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_max_f64_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_min_f64_merge(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_min_f64_merge(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_min_f64_get(batch, key, field, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int) :: answer
    answer = c_lath_batch_map_min_f64_get(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value)
  end function

  function lath_batch_map_gset_add(batch, key, field, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, element
    integer(c_int) :: answer
    answer = c_lath_batch_map_gset_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_map_gset_contains(batch, key, field, element, contains) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int) :: answer
    answer = c_lath_batch_map_gset_contains(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains)
  end function

  function lath_batch_map_gset_members(batch, key, field, list, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_map_gset_members(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size)
  end function

  function lath_batch_map_set_add(batch, key, field, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, element
    integer(c_int) :: answer
    answer = c_lath_batch_map_set_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_map_set_remove(batch, key, field, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, element
    integer(c_int) :: answer
    answer = c_lath_batch_map_set_remove(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_map_set_contains(batch, key, field, element, contains) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int) :: answer
    answer = c_lath_batch_map_set_contains(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains)
  end function

  function lath_batch_map_set_members(batch, key, field, list, size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int) :: answer
    answer = c_lath_batch_map_set_members(batch%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size)
  end function

  function lath_batch_mv_put_text(batch, key, context, value) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, context, value
    integer(c_int) :: answer
    answer = c_lath_batch_mv_put(batch%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), &
        c_loc(value), len(value, c_size_t))
  end function

  function lath_batch_mv_put_at(batch, key, context, value, value_size) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, context
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int) :: answer
    answer = c_lath_batch_mv_put(batch%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), value, &
        value_size)
  end function

  function lath_batch_mv_get(batch, key, siblings) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    type(lath_siblings), intent(inout), asynchronous :: siblings
    integer(c_int) :: answer
    answer = c_lath_batch_mv_get(batch%handle, c_loc(key), len(key, c_size_t), siblings)
  end function

  function lath_batch_hll_add(batch, key, element) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key, element
    integer(c_int) :: answer
    answer = c_lath_batch_hll_add(batch%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t))
  end function

  function lath_batch_hll_count(batch, key, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_hll_count(batch%handle, c_loc(key), len(key, c_size_t), count)
  end function

  function lath_batch_array_merge_f32(batch, key, how, elements) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(in), target :: elements(..)
    integer(c_int) :: answer
    answer = c_lath_batch_array_merge(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t))
  end function

  function lath_batch_array_merge_f64(batch, key, how, elements) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(in), target :: elements(..)
    integer(c_int) :: answer
    answer = c_lath_batch_array_merge(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t))
  end function

  function lath_batch_array_merge_i32(batch, key, how, elements) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(in), target :: elements(..)
    integer(c_int) :: answer
    answer = c_lath_batch_array_merge(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t))
  end function

  function lath_batch_array_merge_i64(batch, key, how, elements) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(in), target :: elements(..)
    integer(c_int) :: answer
    answer = c_lath_batch_array_merge(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t))
  end function

  function lath_batch_array_merge_at(batch, key, how, dtype, elements, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_merge(batch%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, count)
  end function

  function lath_batch_array_get_f32(batch, key, how, elements, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_get(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count)
  end function

  function lath_batch_array_get_f64(batch, key, how, elements, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_get(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count)
  end function

  function lath_batch_array_get_i32(batch, key, how, elements, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_get(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count)
  end function

  function lath_batch_array_get_i64(batch, key, how, elements, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_get(batch%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count)
  end function

  function lath_batch_array_get_at(batch, key, how, dtype, elements, capacity, count) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int) :: answer
    answer = c_lath_batch_array_get(batch%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, capacity, count)
  end function

  function lath_batch_wait(batch, key, since, version) result(answer)
    type(lath_batch), intent(in) :: batch
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: since
    integer(c_int64_t), intent(inout), asynchronous :: version
    integer(c_int) :: answer
    answer = c_lath_batch_wait(batch%handle, c_loc(key), len(key, c_size_t), since, version)
  end function

  function lath_batch_flush(batch, nodes) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_int32_t), intent(in) :: nodes
    integer(c_int) :: answer
    answer = c_lath_batch_flush(batch%handle, nodes)
  end function

  function lath_batch_run(batch, timeout_ns) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_batch_run(batch%handle, timeout_ns)
  end function

  function lath_batch_run_nb(batch, timeout_ns, request) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_batch_run_nb(batch%handle, timeout_ns, request)
  end function

  function lath_batch_count(batch) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_size_t) :: answer
    answer = c_lath_batch_count(batch%handle)
  end function

  function lath_batch_status(batch, index) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_size_t), intent(in) :: index
    integer(c_int) :: answer
    answer = c_lath_batch_status(batch%handle, index)
  end function

  function lath_batch_clear(batch) result(answer)
    type(lath_batch), intent(in) :: batch
    integer(c_int) :: answer
    answer = c_lath_batch_clear(batch%handle)
  end function

  function lath_node_count(store, count, epoch) result(answer)
    type(lath_store), intent(in) :: store
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(inout) :: epoch
    integer(c_int) :: answer
    answer = c_lath_node_count(store%handle, count, epoch)
  end function

  function lath_node_at(store, index, node) result(answer)
    type(lath_store), intent(in) :: store
    integer(c_size_t), intent(in) :: index
    type(lath_node), intent(inout) :: node
    integer(c_int) :: answer
    answer = c_lath_node_at(store%handle, index, node)
  end function

  function lath_shard_stats(session, place, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    type(lath_place), intent(in) :: place
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_shard_stats(session%handle, place, c_loc(list), len(list, c_size_t), size, timeout_ns)
  end function

  function lath_gset_add(session, key, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_gset_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_gset_contains(session, key, element, contains, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout) :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_gset_contains(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains, timeout_ns)
  end function

  function lath_gset_members(session, key, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_gset_members(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns)
  end function

  function lath_set_add(session, key, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_set_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_set_remove(session, key, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_set_remove(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        timeout_ns)
  end function

  function lath_set_contains(session, key, element, contains, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout) :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_set_contains(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains, timeout_ns)
  end function

  function lath_set_members(session, key, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_set_members(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns)
  end function

  function lath_map_put_text(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_put(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), c_loc(value), &
        len(value, c_size_t), timeout_ns)
  end function

  function lath_map_put_at(session, key, field, value, value_size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_put(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        value_size, timeout_ns)
  end function

  function lath_map_get_text(session, key, field, value, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target :: value
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), c_loc(value), &
        len(value, c_size_t), size, timeout_ns)
  end function

  function lath_map_get_at(session, key, field, value, capacity, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        capacity, size, timeout_ns)
  end function

  function lath_map_erase(session, key, field, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_erase(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), timeout_ns)
  end function

  function lath_map_fields(session, key, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_fields(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns)
  end function

  function lath_map_counter_add(session, key, field, by, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_counter_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), by, &
        timeout_ns)
  end function

  function lath_map_counter_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_counter_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_grow_counter_add(session, key, field, by, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_grow_counter_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        by, timeout_ns)
  end function

  function lath_map_grow_counter_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_grow_counter_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_max_i64_merge(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_max_i64_merge(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_max_i64_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_max_i64_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_min_i64_merge(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_min_i64_merge(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_min_i64_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_min_i64_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_max_f64_merge(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_max_f64_merge(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_max_f64_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_max_f64_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_min_f64_merge(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_min_f64_merge(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_min_f64_get(session, key, field, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_min_f64_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns)
  end function

  function lath_map_gset_add(session, key, field, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_gset_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_map_gset_contains(session, key, field, element, contains, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout) :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_gset_contains(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains, timeout_ns)
  end function

  function lath_map_gset_members(session, key, field, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_gset_members(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size, timeout_ns)
  end function

  function lath_map_set_add(session, key, field, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_set_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_map_set_remove(session, key, field, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_set_remove(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_map_set_contains(session, key, field, element, contains, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout) :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_set_contains(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains, timeout_ns)
  end function

  function lath_map_set_members(session, key, field, list, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target :: list
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_map_set_members(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size, timeout_ns)
  end function

  function lath_mv_put_text(session, key, context, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, context, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_mv_put(session%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), &
        c_loc(value), len(value, c_size_t), timeout_ns)
  end function

  function lath_mv_put_at(session, key, context, value, value_size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, context
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_mv_put(session%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), value, &
        value_size, timeout_ns)
  end function

  function lath_mv_get(session, key, siblings, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_siblings), intent(inout) :: siblings
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_mv_get(session%handle, c_loc(key), len(key, c_size_t), siblings, timeout_ns)
  end function

  function lath_hll_add(session, key, element, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_hll_add(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), timeout_ns)
  end function

  function lath_hll_count(session, key, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_hll_count(session%handle, c_loc(key), len(key, c_size_t), count, timeout_ns)
  end function

  function lath_array_merge_f32(session, key, how, elements, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_merge(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns)
  end function

  function lath_array_merge_f64(session, key, how, elements, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_merge(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns)
  end function

  function lath_array_merge_i32(session, key, how, elements, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_merge(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns)
  end function

  function lath_array_merge_i64(session, key, how, elements, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_merge(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns)
  end function

  function lath_array_merge_at(session, key, how, dtype, elements, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_merge(session%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, count, timeout_ns)
  end function

  function lath_array_get_f32(session, key, how, elements, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(inout), target :: elements(..)
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_get(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns)
  end function

  function lath_array_get_f64(session, key, how, elements, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(inout), target :: elements(..)
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_get(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns)
  end function

  function lath_array_get_i32(session, key, how, elements, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(inout), target :: elements(..)
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_get(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns)
  end function

  function lath_array_get_i64(session, key, how, elements, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(inout), target :: elements(..)
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_get(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns)
  end function

  function lath_array_get_at(session, key, how, dtype, elements, capacity, count, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_array_get(session%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, capacity, count, timeout_ns)
  end function

  function lath_put_nb_text(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_put_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t), timeout_ns, &
        request)
  end function

  function lath_put_nb_at(session, key, value, value_size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_put_nb(session%handle, c_loc(key), len(key, c_size_t), value, value_size, timeout_ns, request)
  end function

  function lath_get_nb_text(session, key, value, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: value
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t), size, &
        timeout_ns, request)
  end function

  function lath_get_nb_at(session, key, value, capacity, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, capacity, size, timeout_ns, request)
  end function

  function lath_erase_nb(session, key, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_erase_nb(session%handle, c_loc(key), len(key, c_size_t), timeout_ns, request)
  end function

  function lath_counter_add_nb(session, key, by, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_counter_add_nb(session%handle, c_loc(key), len(key, c_size_t), by, timeout_ns, request)
  end function

  function lath_counter_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_counter_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_grow_counter_add_nb(session, key, by, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_grow_counter_add_nb(session%handle, c_loc(key), len(key, c_size_t), by, timeout_ns, request)
  end function

  function lath_grow_counter_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_grow_counter_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_max_i64_merge_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_max_i64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_max_i64_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_max_i64_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_min_i64_merge_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_min_i64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_min_i64_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_min_i64_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_max_f64_merge_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_max_f64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_max_f64_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_max_f64_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_min_f64_merge_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_min_f64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_min_f64_get_nb(session, key, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_min_f64_get_nb(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns, request)
  end function

  function lath_gset_add_nb(session, key, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_gset_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        timeout_ns, request)
  end function

  function lath_gset_contains_nb(session, key, element, contains, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_gset_contains_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains, timeout_ns, request)
  end function

  function lath_gset_members_nb(session, key, list, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_gset_members_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns, request)
  end function

  function lath_set_add_nb(session, key, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_set_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        timeout_ns, request)
  end function

  function lath_set_remove_nb(session, key, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_set_remove_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        timeout_ns, request)
  end function

  function lath_set_contains_nb(session, key, element, contains, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_set_contains_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        contains, timeout_ns, request)
  end function

  function lath_set_members_nb(session, key, list, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_set_members_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns, request)
  end function

  function lath_map_put_nb_text(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_put_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(value), len(value, c_size_t), timeout_ns, request)
  end function

  function lath_map_put_nb_at(session, key, field, value, value_size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_put_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        value_size, timeout_ns, request)
  end function

  function lath_map_get_nb_text(session, key, field, value, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: value
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(value), len(value, c_size_t), size, timeout_ns, request)
  end function

  function lath_map_get_nb_at(session, key, field, value, capacity, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), value, &
        capacity, size, timeout_ns, request)
  end function

  function lath_map_erase_nb(session, key, field, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_erase_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        timeout_ns, request)
  end function

  function lath_map_fields_nb(session, key, list, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_fields_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(list), len(list, c_size_t), size, &
        timeout_ns, request)
  end function

  function lath_map_counter_add_nb(session, key, field, by, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_counter_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        by, timeout_ns, request)
  end function

  function lath_map_counter_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_counter_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_grow_counter_add_nb(session, key, field, by, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_grow_counter_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, &
        c_size_t), by, timeout_ns, request)
  end function

  function lath_map_grow_counter_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_grow_counter_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, &
        c_size_t), value, timeout_ns, request)
  end function

  function lath_map_max_i64_merge_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_max_i64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_max_i64_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_max_i64_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_min_i64_merge_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_min_i64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_min_i64_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    integer(c_int64_t), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_min_i64_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_max_f64_merge_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_max_f64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_max_f64_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_max_f64_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_min_f64_merge_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_min_f64_merge_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_min_f64_get_nb(session, key, field, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    real(c_double), intent(inout), asynchronous :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_min_f64_get_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        value, timeout_ns, request)
  end function

  function lath_map_gset_add_nb(session, key, field, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_gset_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns, request)
  end function

  function lath_map_gset_contains_nb(session, key, field, element, contains, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_gset_contains_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains, timeout_ns, request)
  end function

  function lath_map_gset_members_nb(session, key, field, list, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_gset_members_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size, timeout_ns, request)
  end function

  function lath_map_set_add_nb(session, key, field, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_set_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns, request)
  end function

  function lath_map_set_remove_nb(session, key, field, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_set_remove_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), timeout_ns, request)
  end function

  function lath_map_set_contains_nb(session, key, field, element, contains, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field, element
    integer(c_int), intent(inout), asynchronous :: contains
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_set_contains_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(element), len(element, c_size_t), contains, timeout_ns, request)
  end function

  function lath_map_set_members_nb(session, key, field, list, size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, field
    character(len=*), intent(inout), target, asynchronous :: list
    integer(c_size_t), intent(inout), asynchronous :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_map_set_members_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(field), len(field, c_size_t), &
        c_loc(list), len(list, c_size_t), size, timeout_ns, request)
  end function

  function lath_mv_put_nb_text(session, key, context, value, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, context, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_mv_put_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), &
        c_loc(value), len(value, c_size_t), timeout_ns, request)
  end function

  function lath_mv_put_nb_at(session, key, context, value, value_size, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, context
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_mv_put_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(context), len(context, c_size_t), value, &
        value_size, timeout_ns, request)
  end function

  function lath_mv_get_nb(session, key, siblings, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_siblings), intent(inout), asynchronous :: siblings
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_mv_get_nb(session%handle, c_loc(key), len(key, c_size_t), siblings, timeout_ns, request)
  end function

  function lath_hll_add_nb(session, key, element, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, element
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_hll_add_nb(session%handle, c_loc(key), len(key, c_size_t), c_loc(element), len(element, c_size_t), &
        timeout_ns, request)
  end function

  function lath_hll_count_nb(session, key, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_hll_count_nb(session%handle, c_loc(key), len(key, c_size_t), count, timeout_ns, request)
  end function

  function lath_array_merge_nb_f32(session, key, how, elements, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_merge_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns, request)
  end function

  function lath_array_merge_nb_f64(session, key, how, elements, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_merge_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns, request)
  end function

  function lath_array_merge_nb_i32(session, key, how, elements, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_merge_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns, request)
  end function

  function lath_array_merge_nb_i64(session, key, how, elements, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(in), target :: elements(..)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_merge_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), timeout_ns, request)
  end function

  function lath_array_merge_nb_at(session, key, how, dtype, elements, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_merge_nb(session%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, count, timeout_ns, &
        request)
  end function

  function lath_array_get_nb_f32(session, key, how, elements, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_float), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_get_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns, request)
  end function

  function lath_array_get_nb_f64(session, key, how, elements, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    real(c_double), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_get_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_F64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns, request)
  end function

  function lath_array_get_nb_i32(session, key, how, elements, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int32_t), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_get_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I32, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns, request)
  end function

  function lath_array_get_nb_i64(session, key, how, elements, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how
    integer(c_int64_t), intent(inout), target, asynchronous :: elements(..)
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_get_nb(session%handle, c_loc(key), len(key, c_size_t), how, LATH_I64, &
        start_of(is_contiguous(elements), c_loc(elements)), size(elements, kind=c_size_t), count, timeout_ns, request)
  end function

  function lath_array_get_nb_at(session, key, how, dtype, elements, capacity, count, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int), intent(in) :: how, dtype
    type(c_ptr), intent(in) :: elements
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout), asynchronous :: count
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_array_get_nb(session%handle, c_loc(key), len(key, c_size_t), how, dtype, elements, capacity, count, &
        timeout_ns, request)
  end function

  function lath_wait_nb(session, key, since, version, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: since, timeout_ns
    integer(c_int64_t), intent(inout), asynchronous :: version
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_wait_nb(session%handle, c_loc(key), len(key, c_size_t), since, version, timeout_ns, request)
  end function

  function lath_flush_nb(session, nodes, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    integer(c_int32_t), intent(in) :: nodes
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_flush_nb(session%handle, nodes, timeout_ns, request)
  end function

  function lath_progress(session) result(answer)
    type(lath_session), intent(in) :: session
    integer(c_int) :: answer
    answer = c_lath_progress(session%handle)
  end function

  function lath_test(session, request) result(answer)
    type(lath_session), intent(in) :: session
    integer(lath_request), intent(in) :: request
    integer(c_int) :: answer
    answer = c_lath_test(session%handle, request)
  end function

  function lath_wait_request(session, request, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    integer(lath_request), intent(in) :: request
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_wait_request(session%handle, request, timeout_ns)
  end function

  function lath_cancel(session, request) result(answer)
    type(lath_session), intent(in) :: session
    integer(lath_request), intent(in) :: request
    integer(c_int) :: answer
    answer = c_lath_cancel(session%handle, request)
  end function

  function lath_tensor_put(session, key, tensor, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_tensor), intent(in) :: tensor
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_tensor_put(session%handle, c_loc(key), len(key, c_size_t), tensor, timeout_ns)
  end function

  function lath_tensor_get(session, key, tensor, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_tensor), intent(inout) :: tensor
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_tensor_get(session%handle, c_loc(key), len(key, c_size_t), tensor, timeout_ns)
  end function

  function lath_tensor_put_nb(session, key, tensor, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_tensor), intent(in) :: tensor
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_tensor_put_nb(session%handle, c_loc(key), len(key, c_size_t), tensor, timeout_ns, request)
  end function

  function lath_tensor_get_nb(session, key, tensor, timeout_ns, request) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(lath_tensor), intent(inout), asynchronous :: tensor
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(lath_request), intent(inout), asynchronous :: request
    integer(c_int) :: answer
    answer = c_lath_tensor_get_nb(session%handle, c_loc(key), len(key, c_size_t), tensor, timeout_ns, request)
  end function

  function lath_alloc(store, size, memory) result(answer)
    type(lath_store), intent(in) :: store
    integer(c_size_t), intent(in) :: size
    type(c_ptr), intent(inout) :: memory
    integer(c_int) :: answer
    answer = c_lath_alloc(store%handle, size, memory)
  end function

  function lath_free(store, memory) result(answer)
    type(lath_store), intent(in) :: store
    type(c_ptr), intent(in) :: memory
    integer(c_int) :: answer
    answer = c_lath_free(store%handle, memory)
  end function

  function lath_register(store, memory, size) result(answer)
    type(lath_store), intent(in) :: store
    type(c_ptr), intent(in) :: memory
    integer(c_size_t), intent(in) :: size
    integer(c_int) :: answer
    answer = c_lath_register(store%handle, memory, size)
  end function

  function lath_unregister(store, memory) result(answer)
    type(lath_store), intent(in) :: store
    type(c_ptr), intent(in) :: memory
    integer(c_int) :: answer
    answer = c_lath_unregister(store%handle, memory)
  end function

  function lath_put_text(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key, value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_put(session%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t), timeout_ns)
  end function

  function lath_put_at(session, key, value, value_size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: value_size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_put(session%handle, c_loc(key), len(key, c_size_t), value, value_size, timeout_ns)
  end function

  function lath_get_text(session, key, value, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    character(len=*), intent(inout), target :: value
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_get(session%handle, c_loc(key), len(key, c_size_t), c_loc(value), len(value, c_size_t), size, timeout_ns)
  end function

  function lath_get_at(session, key, value, capacity, size, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    type(c_ptr), intent(in) :: value
    integer(c_size_t), intent(in) :: capacity
    integer(c_size_t), intent(inout) :: size
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_get(session%handle, c_loc(key), len(key, c_size_t), value, capacity, size, timeout_ns)
  end function

  function lath_erase(session, key, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_erase(session%handle, c_loc(key), len(key, c_size_t), timeout_ns)
  end function

  function lath_counter_add(session, key, by, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_counter_add(session%handle, c_loc(key), len(key, c_size_t), by, timeout_ns)
  end function

  function lath_counter_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_counter_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_grow_counter_add(session, key, by, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: by, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_grow_counter_add(session%handle, c_loc(key), len(key, c_size_t), by, timeout_ns)
  end function

  function lath_grow_counter_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_grow_counter_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_max_i64_merge(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_max_i64_merge(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_max_i64_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_max_i64_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_min_i64_merge(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: value, timeout_ns
    integer(c_int) :: answer
    answer = c_lath_min_i64_merge(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_min_i64_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_min_i64_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_max_f64_merge(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_max_f64_merge(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_max_f64_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_max_f64_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_min_f64_merge(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(in) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_min_f64_merge(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_min_f64_get(session, key, value, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    real(c_double), intent(inout) :: value
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_min_f64_get(session%handle, c_loc(key), len(key, c_size_t), value, timeout_ns)
  end function

  function lath_wait(session, key, since, version, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    character(len=*), intent(in), target :: key
    integer(c_int64_t), intent(in) :: since, timeout_ns
    integer(c_int64_t), intent(inout) :: version
    integer(c_int) :: answer
    answer = c_lath_wait(session%handle, c_loc(key), len(key, c_size_t), since, version, timeout_ns)
  end function

  function lath_flush(session, nodes, timeout_ns) result(answer)
    type(lath_session), intent(in) :: session
    integer(c_int32_t), intent(in) :: nodes
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int) :: answer
    answer = c_lath_flush(session%handle, nodes, timeout_ns)
  end function

  ! Nanoseconds, for timeouts.
  pure function lath_seconds(seconds) result(nanoseconds)
    real(c_double), intent(in) :: seconds
    integer(c_int64_t) :: nanoseconds
    nanoseconds = int(seconds * 1.0e9_c_double, c_int64_t)
  end function

  ! What went wrong in the last call that failed: on the session, or where there is none, of this thread.
  function lath_last_error(session) result(text)
    type(lath_session), intent(in), optional :: session
    character(len=:), allocatable :: text
    if (present(session)) then
      text = text_at(c_lath_last_error(session%handle))
    else
      text = text_at(c_lath_last_error(c_null_ptr))
    end if
  end function

  function lath_status_string(status) result(text)
    integer(c_int), intent(in) :: status
    character(len=:), allocatable :: text
    text = text_at(c_lath_status_string(status))
  end function

  function lath_version() result(text)
    character(len=:), allocatable :: text
    text = text_at(c_lath_version())
  end function

  ! Members of a packed list: list(1:size) of what a call gave.
  function lath_list_count(list) result(count)
    character(len=*), intent(in), target :: list
    integer(c_size_t) :: count
    count = c_lath_list_count(c_loc(list), len(list, c_size_t))
  end function

  ! Whether there is one more; position is 0 before the first.
  function lath_list_next(list, position, member) result(found)
    character(len=*), intent(in), target :: list
    integer(c_size_t), intent(inout) :: position
    character(len=:), allocatable, intent(inout) :: member
    logical :: found
    type(c_ptr) :: at
    integer(c_size_t) :: member_size
    found = c_lath_list_next(c_loc(list), len(list, c_size_t), position, at, member_size) == 1
    if (found) member = list(position - member_size + 1:position)
  end function

  ! Waits for all; requests that have ended become 0. With fewer statuses than requests it waits for none: LATH_E_TOO_SMALL.
  function lath_wait_all(session, requests, timeout_ns, statuses) result(answer)
    type(lath_session), intent(in) :: session
    integer(lath_request), intent(inout), contiguous, target :: requests(:)
    integer(c_int64_t), intent(in) :: timeout_ns
    integer(c_int), intent(inout), contiguous, target, optional :: statuses(:)
    integer(c_int) :: answer
    type(c_ptr) :: told
    told = c_null_ptr
    if (present(statuses)) then
      if (size(statuses) < size(requests)) then
        answer = LATH_E_TOO_SMALL
        return
      end if
      told = c_loc(statuses)
    end if
    answer = c_lath_wait_all(session%handle, c_loc(requests), size(requests, kind=c_size_t), told, timeout_ns)
  end function

  function lath_places(store, key, places, count) result(answer)
    type(lath_store), intent(in) :: store
    character(len=*), intent(in), target :: key
    type(lath_place), intent(inout), contiguous, target :: places(:)
    integer(c_size_t), intent(inout) :: count
    integer(c_int) :: answer
    answer = c_lath_places(store%handle, c_loc(key), len(key, c_size_t), c_loc(places), size(places, kind=c_size_t), count)
  end function

  ! How the functions above hand their arguments on.
  function lath_options_at(options) result(at)
    type(lath_options), intent(in), target, optional :: options
    type(c_ptr) :: at
    at = c_null_ptr
    if (present(options)) at = c_loc(options)
  end function

  function lath_session_options_at(options) result(at)
    type(lath_session_options), intent(in), target, optional :: options
    type(c_ptr) :: at
    at = c_null_ptr
    if (present(options)) at = c_loc(options)
  end function

  pure function start_of(is_whole, start) result(at)
    logical, intent(in) :: is_whole
    type(c_ptr), intent(in) :: start
    type(c_ptr) :: at
    at = merge(start, c_null_ptr, is_whole)
  end function

  function text_at(at) result(text)
    type(c_ptr), intent(in) :: at
    character(len=:), allocatable :: text
    character(kind=c_char), pointer :: bytes(:)
    integer(c_size_t) :: i
    interface
      function strlen(text) bind(C, name="strlen") result(length)
        import
        type(c_ptr), value :: text
        integer(c_size_t) :: length
      end function
    end interface
    call c_f_pointer(at, bytes, [strlen(at)])
    allocate (character(len=size(bytes)) :: text)
    do i = 1, size(bytes, kind=c_size_t)
      text(i:i) = bytes(i)
    end do
  end function
end module lath
