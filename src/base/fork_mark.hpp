// Whether this process is the one that made the mark, or a child that inherited it by fork(). A look costs one load: the kernel wipes
// the page in the child (MADV_WIPEONFORK, Linux 4.14).
#pragma once

namespace lath {

class ForkMark {
 public:
  ForkMark();
  ~ForkMark();
  ForkMark(const ForkMark&) = delete;
  ForkMark& operator=(const ForkMark&) = delete;

  bool is_inherited() const { return *mark_ == 0; }

 private:
  void* page_;  // null where there is none to be had: then nothing is ever said to be inherited
  char here_ = 1;
  const volatile char* mark_ = &here_;
};

}  // namespace lath
