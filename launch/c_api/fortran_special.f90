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
