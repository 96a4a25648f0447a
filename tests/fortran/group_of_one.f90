! A group of one process, whose collectives are Fortran procedures that C calls: what lath_open_group is given where there is no
! MPI.
module group_of_one
  use lath
  implicit none
  private
  public :: new_group

  ! What the group's context points to.
  type, public :: group_record
    integer :: broadcasts = 0, gathers = 0
    integer(c_int) :: error = 0 ! that the broadcasts answer with
  end type

  character(len=*), parameter :: text = 'the only process is on holiday' // c_null_char
  character(len=len(text)), target, save :: explanation = text

contains

  function new_group(record) result(group)
    type(group_record), intent(in), target :: record
    type(lath_group) :: group
    group%rank = 0
    group%count = 1
    group%context = c_loc(record)
    group%broadcast = c_funloc(broadcast)
    group%allgather = c_funloc(allgather)
    group%explain = c_funloc(explain)
  end function

  function broadcast(context, bytes, count, root) bind(C) result(error)
    type(c_ptr), value :: context, bytes
    integer(c_size_t), value :: count
    integer(c_int), value :: root
    integer(c_int) :: error
    type(group_record), pointer :: record
    call c_f_pointer(context, record)
    record%broadcasts = record%broadcasts + 1
    error = record%error
    if (root /= 0 .or. (count > 0 .and. .not. c_associated(bytes))) error = -1
  end function

  function allgather(context, mine, all, bytes_each) bind(C) result(error)
    type(c_ptr), value :: context, mine, all
    integer(c_size_t), value :: bytes_each
    integer(c_int) :: error
    type(group_record), pointer :: record
    character(kind=c_char), pointer :: from(:), to(:)
    call c_f_pointer(context, record)
    call c_f_pointer(mine, from, [bytes_each])
    call c_f_pointer(all, to, [bytes_each])
    to = from
    record%gathers = record%gathers + 1
    error = 0
  end function

  function explain(context, error) bind(C) result(told)
    type(c_ptr), value :: context
    integer(c_int), value :: error
    type(c_ptr) :: told
    type(group_record), pointer :: record
    call c_f_pointer(context, record)
    told = c_null_ptr
    if (error == record%error) told = c_loc(explanation)
  end function
end module group_of_one
